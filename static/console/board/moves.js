// Moving a ticket to another state: asked for what the move needs, sent with the version seen.

import { patch, post } from "../api.js";
import { askAgain } from "../conflict.js";
import { askAssignee, askWords, choose } from "../dialog.js";
import { complain, toast } from "../frame.js";
import { mayMove, priorities, stateLabel, stateOf, states } from "../page.js";

// Where a word about it helps whoever reads the ticket later; it may be left out.
const WORDS = {
  resolved: { title: "标记为已解决", label: "处理结果（客户可见，可不填）", confirm: "已解决" },
  escalated: { title: "升级处理", label: "升级原因（客户可见，可不填）", confirm: "升级" },
  cancelled: { title: "取消工单", label: "取消原因（客户可见，可不填）", confirm: "取消工单" },
};

const path = (ticket, act = "") => `/api/tickets/${ticket.id}${act}`;

async function request(ticket, status) {
  if (stateOf(status).needs_assignee && !ticket.assigned_to) {
    const answer = await askAssignee({ title: `分配 #${ticket.id}` });
    return answer && ((version) => post(path(ticket, "/assign"), { ...answer, version }));
  }
  const words = WORDS[status] ? await askWords(WORDS[status]) : { words: "" };
  return words && ((version) => post(path(ticket, "/transition"), { status, reason: words.words, version }));
}

// Resolves with the ticket as it is afterwards, or null when nothing came of it.
export async function moveTicket(ticket, status, { onWaiting } = {}) {
  if (!mayMove(ticket.status, status)) {
    toast(`${stateLabel(ticket.status)}的工单不能移到${stateLabel(status)}`, { isError: true });
    return null;
  }
  const send = await request(ticket, status);
  if (!send) return null;
  onWaiting?.();
  return insist(ticket, send, `您想把它移到${stateLabel(status)}。`);
}

// Sends with the version seen; when somebody was quicker, shows what they did and asks.
export async function insist(ticket, send, mine) {
  try {
    return await send(ticket.version);
  } catch (error) {
    if (!error.isConflict) { complain(error); return null; }
    const { current, version } = await askAgain({ error, id: ticket.id, mine });
    if (version === null) return current.customer ? current : null;
    return send(version).catch((again) => { complain(again); return null; });
  }
}

export async function assignTicket(ticket) {
  const answer = await askAssignee({ title: `分配 #${ticket.id}`, selected: ticket.assigned_to });
  if (!answer) return null;
  return insist(ticket, (version) => post(path(ticket, "/assign"), { ...answer, version }), "您想重新分配它。");
}

export async function choosePriority(ticket) {
  const priority = await choose({
    title: `#${ticket.id} 的优先级`,
    choices: priorities.map((one) => ({ ...one, isDisabled: one.value === ticket.priority })),
  });
  if (!priority) return null;
  return insist(ticket, (version) => patch(path(ticket), { priority, version }), "您想改它的优先级。");
}

// The way by keyboard and by finger: every act on a card as a list of buttons.
export async function openMenu(ticket) {
  const moves = states.filter((state) => mayMove(ticket.status, state.value));
  const chosen = await choose({
    title: `#${ticket.id} ${ticket.title}`,
    note: `${stateLabel(ticket.status)} · ${ticket.assigned_to_name || "未分配"}`,
    choices: [
      ...moves.map((state) => ({ value: `move:${state.value}`, label: `移到${state.label}` })),
      stateOf(ticket.status).is_open && { value: "assign", label: "分配给…" },
      { value: "priority", label: "改优先级…" },
      { value: "watch", label: "关注" },
      { value: "open", label: "打开工单" },
    ].filter(Boolean),
  });
  if (!chosen) return null;
  if (chosen.startsWith("move:")) return moveTicket(ticket, chosen.slice(5));
  if (chosen === "assign") return assignTicket(ticket);
  if (chosen === "priority") return choosePriority(ticket);
  if (chosen === "open") { location.assign(`/console/tickets/${ticket.id}`); return null; }
  await post(path(ticket, "/watch")).then(() => toast(`已关注 #${ticket.id}`), complain);
  return null;
}
