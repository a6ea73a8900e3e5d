// What is done with the open chat: handing it on, ending it, making it a ticket, watching over it.

import { newKey, post } from "../api.js";
import { ask, askWords } from "../dialog.js";
import { element, option } from "../dom.js";
import { complain, toast } from "../frame.js";
import { priorities } from "../page.js";
import { askAgent } from "./people.js";
import { hear, messagesOf, opened, take } from "./state.js";

const path = (chat, rest) => `/api/customer-service/chats/${chat.id}/${rest}`;
// One key an act: however often a refused dialog is confirmed, it is done once.
const act = (chat, rest, once = newKey()) => (body) => post(path(chat, rest), body, { once });
const field = (label, control) => element("label", { className: "field", children: [element("span", { text: label }), control] });

export async function transfer() {
  const chat = opened();
  const done = await askAgent({
    title: `把「${chat.customer.name}」转给谁？`, confirm: "转接", withGroups: true, withNote: true,
    // What was chosen may change after a refusal, and then it is another act.
    read: (to) => post(path(chat, "transfer"), to, { once: newKey() }),
  }).catch(complain);
  if (!done) return;
  if (done.id) take(done);
  toast(done.agent ? `已转给 ${done.agent.name}` : "已转接");
}

export async function give() {
  const chat = opened();
  const done = await askAgent({ title: "分配给谁？", confirm: "分配", read: (to) => post(path(chat, "assign"), to, { once: newKey() }) }).catch(complain);
  if (done) { take(done); toast(`已分配给 ${done.agent?.name ?? "同事"}`); }
}

export async function end() {
  const chat = opened();
  const send = act(chat, "end");
  const summary = element("textarea", { attributes: { rows: 3, maxlength: 2000, placeholder: "客户的问题、怎么解决的（仅内部，可不填）" } });
  const done = await ask({
    title: `结束与「${chat.customer.name}」的会话？`, confirm: "结束会话",
    content: [
      chat.waiting_since && element("p", { className: "warn", text: "客户还在等您回复。" }),
      field("服务小结", summary),
    ].filter(Boolean),
    read: () => send(summary.value.trim() ? { summary: summary.value.trim() } : {}),
  });
  if (!done) return;
  take(done);
  toast("会话已结束");
}

export async function toTicket() {
  const chat = opened();
  const send = act(chat, "to-ticket");
  const asked = messagesOf(chat.id).find((one) => one.sender === "customer" && one.content && !one.recalled_at)?.content ?? "";
  const title = element("input", { attributes: { maxlength: 200 } });
  title.value = asked.replace(/\s+/g, " ").slice(0, 60);
  const priority = element("select", { children: priorities.map((one) => option(one.value, one.label, one.value === "normal")) });
  const product = element("input", { attributes: { maxlength: 100 } });
  const done = await ask({
    title: "转为工单", confirm: "建工单",
    content: [
      field("标题", title),
      element("div", { className: "field-row", children: [field("优先级", priority), field("产品（可不填）", product)] }),
      element("p", { className: "quiet-text", text: "会话记录会附在工单里，会话继续。" }),
    ],
    read: () => send({ title: title.value.trim(), priority: priority.value, product: product.value.trim() }),
  });
  if (!done) return;
  take({ ...chat, ticket_id: done.id });
  toast(`已建工单 #${done.id}`, { act: () => location.assign(`/console/tickets/${done.id}`), actLabel: "打开" });
}

export async function reopen() {
  const chat = opened();
  await act(chat, "reopen")().then((done) => { take(done); toast("会话已重新打开"); }, complain);
}

export async function whisper() {
  const chat = opened();
  const once = newKey();
  const said = await askWords({ title: `对 ${chat.agent?.name ?? "同事"} 说悄悄话`, label: "只有同事看得到，客户看不到", confirm: "发送", isRequired: true });
  if (!said?.words) return;
  await post(path(chat, "whisper"), { content: said.words }, { once }).then((message) => { if (message?.number) hear(chat.id, message); }, complain);
}

export async function takeOver() {
  const chat = opened();
  const send = act(chat, "take-over");
  const done = await ask({
    title: "接管这个会话？", confirm: "接管",
    content: [element("p", { text: `之后由您回复客户，${chat.agent?.name ?? "同事"} 不再接待。` })],
    read: () => send({}),
  });
  if (done) { take(done); toast("已接管"); }
}

// A supervisor who looks into a colleague's chat: the chat's record says so.
export const listen = (chat) => post(path(chat, "listen"), {}).catch(() => {});
