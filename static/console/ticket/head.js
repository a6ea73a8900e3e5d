// The ticket's head: how it stands, and what can be done with it now.

import { post } from "../api.js";
import { askAssignee, askWords } from "../dialog.js";
import { button, byId, element } from "../dom.js";
import { complain, toast } from "../frame.js";
import { mark } from "../board/card.js";
import { moveTicket } from "../board/moves.js";
import { me, priorityLabel, slaLabel, stateLabel, stateOf, states } from "../page.js";
import { ago, countdown, fullMoment } from "../time.js";
import { act, current, path, take } from "./current.js";

export function setUpHead() {
  setInterval(() => { if (current()) drawMarks(current()); }, 30_000);
}

export function drawHead(ticket) {
  byId("title").textContent = ticket.title;
  document.title = `#${ticket.id} ${ticket.title} · 工作台`;
  drawMarks(ticket);
  drawActs(ticket);
}

function drawMarks(ticket) {
  const isOpen = stateOf(ticket.status).is_open;
  byId("marks").replaceChildren(...[
    element("span", { className: `badge badge-${ticket.status}`, text: stateLabel(ticket.status) }),
    mark(`priority-${ticket.priority}`, `优先级 ${priorityLabel(ticket.priority)}`),
    ticket.sla_state && ticket.sla_state !== "on_track" && mark(`sla-${ticket.sla_state}`, `SLA ${slaLabel(ticket.sla_state)}`),
    isOpen && !ticket.waiting_since && element("span", {
      className: new Date(ticket.deadline) < new Date() ? "desk-due desk-over" : "desk-due",
      text: countdown(ticket.deadline), attributes: { title: `期限 ${fullMoment(ticket.deadline)}` },
    }),
    ticket.waiting_since && mark("waiting", `等待客户（${ago(ticket.waiting_since)}开始），计时暂停`),
    ticket.unanswered_since && mark("unanswered", `客户在等答复（${ago(ticket.unanswered_since)}）`),
    ticket.merged_into && element("a", { text: `已合并到 #${ticket.merged_into}`, attributes: { href: `/console/tickets/${ticket.merged_into}` } }),
  ].filter(Boolean));
}

function drawActs(ticket) {
  const state = stateOf(ticket.status);
  const moves = states.filter((one) => state.moves.includes(one.value) && !one.needs_assignee);
  const key = JSON.stringify([ticket.status, Boolean(ticket.assigned_to), ticket.assigned_to === me.account, Boolean(ticket.waiting_since)]);
  const group = byId("acts");
  // Buttons are not taken from under the pointer by news that change nothing about them.
  if (group.dataset.key === key) return;
  group.dataset.key = key;
  const focused = document.activeElement?.closest("#acts button")?.textContent;
  group.replaceChildren(...[
    state.is_open && button(ticket.assigned_to ? "改派" : "分配", assign, { className: ticket.assigned_to ? "" : "primary" }),
    state.is_open && ticket.assigned_to !== me.account && button("我来处理", takeIt),
    ...moves.map((one) => button(moveLabel(ticket, one), () => move(one.value), {
      className: one.value === "resolved" && ticket.assigned_to ? "primary" : one.value === "cancelled" ? "danger" : "",
    })),
    state.is_open && (ticket.waiting_since
      ? button("继续计时", () => simple("/resume"))
      : button("等待客户", wait)),
  ].filter(Boolean));
  if (focused) [...group.children].find((one) => one.textContent === focused)?.focus();
}

const moveLabel = (ticket, state) => {
  const words = { processing: "开始处理", resolved: "已解决", escalated: "升级", closed: "关闭", cancelled: "取消工单", pending: "放回待分配" };
  if (!stateOf(ticket.status).is_open && state.is_open) return state.value === "pending" ? "重开并放回待分配" : "重开";
  return words[state.value] ?? state.label;
};

// One act at a time: the next one is to know what the last one made of the ticket.
async function alone(run) {
  byId("acts").inert = true;
  try {
    return await run();
  } finally {
    byId("acts").inert = false;
  }
}

const move = (status) => alone(async () => {
  const done = await moveTicket(current(), status);
  if (done) take(done);
});

const assign = () => alone(async () => {
  const answer = await askAssignee({ title: "分配工单", selected: current().assigned_to });
  if (answer) await act((version) => post(path("/assign"), { ...answer, version }), "您想重新分配它。");
});

const takeIt = () => alone(() => act((version) => post(path("/assign"), { assignee: me.account, version }), "您想接手它。"));

async function wait() {
  const words = await askWords({ title: "等待客户", label: "在等什么（客户可见，可不填）", confirm: "暂停计时" });
  if (words) await simple("/wait", { reason: words.words });
}

const simple = (rest, body = {}) => alone(async () => {
  try {
    take(await post(path(rest), body));
  } catch (error) {
    if (error.status === 404) toast("这个操作暂不可用", { isError: true });
    else complain(error);
  }
});
