// The conversation in the middle: which chat it is, and its messages as they come and change.

import { fetchEarlier, fetchMessages } from "./api.js";
import { bubble, plainText } from "./bubbles.js";
import { quote, speakAs, speaker } from "./composer.js";
import { byId, element } from "./dom.js";
import { bot } from "./people.js";
import { fullTime, isApart } from "./time.js";

const NEAR_END = 120;
const list = byId("messages");
const scroller = byId("scroller");
const toEnd = byId("to-end");
const state = { chat: null, since: 0, cursor: "", shown: new Map(), lastTicket: null };

export const currentChat = () => state.chat;
export const lastTicket = () => state.lastTicket;

export function setUpChat() {
  speaker.addEventListener("change", markMine);
  toEnd.addEventListener("click", scrollToEnd);
  byId("earlier").addEventListener("click", showEarlier);
  let isAtEnd = true;
  scroller.addEventListener("scroll", () => {
    isAtEnd = isNearEnd();
    if (isAtEnd) toEnd.hidden = true;
  });
  // A taller composer must not cover the newest message.
  new ResizeObserver(() => { if (isAtEnd) scrollToEnd(); }).observe(scroller);
}

export function openChat(chat) {
  Object.assign(state, { chat, since: 0, cursor: "", shown: new Map(), lastTicket: null });
  byId("chat-name").textContent = chat.name;
  byId("chat-note").textContent = chat.kind === "group"
    ? `内部群 · 机器人只听得到 @${bot} 的消息` : "成员与自建应用的单聊，每条消息都会回调";
  speakAs(chat.kind === "app" ? chat.member : null);
  quote(null);
  toEnd.hidden = true;
  byId("earlier").hidden = true;
  list.replaceChildren(...["", " skeleton-mine", ""].map((side) =>
    element("li", { className: `skeleton${side}`, attributes: { "aria-hidden": "true" } })));
  return refresh();
}

let loading = null;

// One request at a time; who asks meanwhile waits for that one and asks again.
export async function refresh() {
  await loading;
  loading = load().finally(() => { loading = null; });
  return loading;
}

async function load() {
  const asked = state.chat;
  if (!asked) return;
  const answer = await fetchMessages(asked.id, state);
  if (asked !== state.chat) return;
  if (!state.cursor) {
    list.replaceChildren();
    byId("earlier").hidden = !answer.has_earlier;
  }
  state.cursor = answer.cursor;
  const wasNearEnd = isNearEnd();
  answer.changed.forEach(replace);
  const added = answer.list.filter((message) => message.id > state.since);
  added.forEach(append);
  if (!list.children.length) list.append(emptyState());
  if (!added.length && !answer.changed.length) return;
  if (wasNearEnd) scrollToEnd();
  else if (added.length) toEnd.hidden = false;
}

const row = (message) =>
  bubble(message, { mine: message.sender === speaker.value, onQuote: quote, onJump: jump });

const separator = (message) =>
  element("li", { className: "separator", children: [
    element("time", { text: fullTime(message.created_at), attributes: { datetime: message.created_at } }),
  ] });

function append(message) {
  list.querySelector(".placeholder")?.remove();
  const last = list.querySelector(".message:last-child")?.dataset.at;
  if (isApart(last, message.created_at)) list.append(separator(message));
  remember(message);
  list.append(row(message));
  state.since = message.id;
}

function remember(message) {
  state.shown.set(message.id, JSON.stringify(message));
  const ticket = /#(?:ID)?(\d+)/.exec(plainText(message));
  if (ticket) state.lastTicket = ticket[1];
}

function replace(message) {
  const old = list.querySelector(`.message[data-id="${message.id}"]`);
  if (!old || state.shown.get(message.id) === JSON.stringify(message)) return;
  remember(message);
  old.replaceWith(row(message));
}

async function showEarlier() {
  const first = list.querySelector(".message");
  const { list: messages, has_earlier: hasMore } = await fetchEarlier(state.chat.id, first.dataset.id);
  const height = scroller.scrollHeight;
  const nodes = [];
  let last;
  for (const message of messages) {
    if (isApart(last, message.created_at)) nodes.push(separator(message));
    nodes.push(row(message));
    state.shown.set(message.id, JSON.stringify(message));
    last = message.created_at;
  }
  list.prepend(...nodes);
  byId("earlier").hidden = !hasMore;
  scroller.scrollTop += scroller.scrollHeight - height;
}

function jump(id) {
  const target = list.querySelector(`.message[data-id="${id}"]`);
  if (!target) return;
  target.scrollIntoView({ block: "center" });
  target.classList.remove("message-found");
  requestAnimationFrame(() => target.classList.add("message-found"));
}

function markMine() {
  for (const item of list.querySelectorAll(".message")) {
    item.classList.toggle("message-mine", item.dataset.sender === speaker.value);
  }
}

function emptyState() {
  const words = state.chat.kind === "group"
    ? "点下面的「创建工单」，再按发送，看看群里会出现什么。" : "直接发「/帮助」，应用会告诉你它懂什么。";
  return element("li", { className: "placeholder", children: [
    element("strong", { text: "还没有消息" }), element("span", { text: words }),
  ] });
}

const isNearEnd = () => scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR_END;

export function scrollToEnd() {
  scroller.scrollTop = scroller.scrollHeight;
  toEnd.hidden = true;
}
