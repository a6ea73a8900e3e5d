// Who waits, how long, and who is there for them.

import { call, post } from "../api.js";
import { button, element, place, whenQuiet } from "../dom.js";
import { complain, toast } from "../frame.js";
import { askAgent } from "./people.js";
import { stopwatch } from "./row.js";
import { changed, take } from "./state.js";
import { isSupervisor } from "./facts.js";

let queue = null;
let told = Date.now();

export const queueNow = () => queue;

// The socket tells everybody the same; names that this colleague may see come by the call.
export const heardOfQueue = whenQuiet(() => loadQueue().catch(() => {}), 400);

export async function loadQueue() {
  queue = await call("/api/customer-service/queue");
  told = Date.now();
  changed();
}

export function takeQueue(snapshot) {
  const names = new Map((queue?.list ?? []).map((one) => [one.chat_id, one.customer]));
  queue = { ...snapshot, list: (snapshot.list ?? []).map((one) => ({ ...one, customer: names.get(one.chat_id) ?? one.customer })) };
  told = Date.now();
  changed();
  heardOfQueue();
}

export function drawQueue(box, onOpen) {
  if (!queue) { place(box, []); return; }
  const figures = [["等待中", queue.waiting], ["最久", stopwatch(waited(queue.oldest_wait_seconds, queue.waiting))], ["在线客服", queue.online_agents], ["空闲名额", queue.free_slots]];
  place(box, [
    element("dl", { className: "figures", children: figures.map(([label, value]) => element("div", { children: [element("dt", { text: label }), element("dd", { text: String(value) })] })) }),
    ...(queue.list.length ? queue.list.map((one) => line(one, onOpen)) : [element("div", { className: "list-empty", children: [element("strong", { text: "没有人在排队" }), element("p", { text: "客户一来就会直接接入" })] })]),
  ]);
}

const waited = (seconds, counts = true) => (counts ? seconds + (Date.now() - told) / 1000 : 0);

function line(one, onOpen) {
  const clock = element("span", { className: "wait", text: stopwatch(waited(one.waited_seconds)), attributes: { "data-since": "" } });
  const colour = () => { const now = waited(one.waited_seconds); clock.textContent = stopwatch(now); clock.className = `wait wait-${now > 300 ? "late" : now > 120 ? "soon" : "fine"}`; };
  clock.addEventListener("tick", colour);
  colour();
  return element("div", {
    className: "queued",
    children: [
      element("span", { className: "queued-place", text: String(one.position) }),
      element("span", { className: "row-name", children: [element("strong", { text: one.customer }), one.priority > 0 && element("small", { className: "entry-tag entry-first", text: "优先" })] }),
      clock,
      isSupervisor && element("span", {
        className: "queued-acts",
        children: [button("查看", () => onOpen(one.chat_id), { className: "quiet" }), button("分配…", () => give(one.chat_id))],
      }),
    ],
  });
}

async function give(chatId) {
  const chosen = await askAgent({ title: "分配给谁？", confirm: "分配", read: (to) => post(`/api/customer-service/chats/${chatId}/assign`, { agent: to.agent }) });
  if (!chosen) return;
  take(chosen);
  toast(`已分配给 ${chosen.agent?.name ?? "同事"}`);
  loadQueue().catch(complain);
}
