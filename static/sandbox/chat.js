// The conversation in the middle: which chat, its messages, the composer.

import { fetchMessages, sendMessage } from "./api.js";
import { bubble, noteNode, plainText } from "./bubbles.js";
import { byId, element } from "./dom.js";

const bot = document.body.dataset.bot;
const CHIPS = [
  ["创建工单", "/创建工单 @客户张三 手机:13800138000 问题:服务器无法连接"],
  ["查询工单", "/查询工单 客户张三"],
  ["分配工单", "/分配工单 #{id} @李四"],
  ["已解决", "#{id} 已解决，"],
  ["进度", "#{id} 进度 60%"],
  ["帮助", "/帮助"],
];

const state = { chat: null, since: 0, quote: null, lastTicket: null, loading: false };
const list = byId("messages");
const words = byId("words");
const speaker = byId("speaker");

export function setUpChat(members) {
  speaker.append(...members.map((member) => element("option", { text: member.name, attributes: { value: member.userid } })));
  byId("chips").append(...CHIPS.map(([label, command]) =>
    element("button", { className: "chip", text: label, attributes: { type: "button" }, on: { click: () => fill(command) } })));
  byId("composer").addEventListener("submit", (event) => { event.preventDefault(); send(); });
  byId("quoting-cancel").addEventListener("click", () => quote(null));
  words.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); send(); }
  });
  speaker.addEventListener("change", markMine);
}

export function openChat(chat) {
  Object.assign(state, { chat, since: 0, quote: null });
  byId("chat-name").textContent = chat.name;
  byId("chat-note").textContent = chat.kind === "group" ? `内部群 · 机器人只听得到 @${bot} 的消息` : "成员与自建应用的单聊";
  const own = chat.kind === "app";
  if (own) speaker.value = chat.member;
  speaker.disabled = own;
  quote(null);
  list.replaceChildren(element("li", { className: "placeholder", text: "加载中…" }));
  return refresh();
}

export async function refresh() {
  if (!state.chat || state.loading) return;
  const asked = state.chat;
  state.loading = true;
  try {
    const { list: messages, notes } = await fetchMessages(asked.id, state.since);
    if (asked !== state.chat) return;
    if (state.since === 0) list.replaceChildren();
    append(messages);
    for (const [id, note] of Object.entries(notes)) showNote(id, note);
    if (!list.children.length) list.append(emptyState());
  } finally {
    state.loading = false;
  }
}

function append(messages) {
  if (!messages.length) return;
  list.querySelector(".placeholder")?.remove();
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 120;
  for (const message of messages) {
    if (message.id <= state.since) continue;
    list.append(bubble(message, { mine: message.sender === speaker.value, onQuote: quote }));
    state.since = message.id;
    const ticket = /#(?:ID)?(\d+)/.exec(plainText(message));
    if (ticket) state.lastTicket = ticket[1];
  }
  if (atEnd) list.scrollTop = list.scrollHeight;
}

function showNote(id, note) {
  const footer = list.querySelector(`[data-id="${CSS.escape(id)}"] .footer`);
  if (footer && !footer.children.length) footer.append(noteNode(note));
}

function emptyState() {
  return element("li", { className: "placeholder", children: [
    element("strong", { text: "还没有消息" }),
    element("span", { text: "点下面的「创建工单」，再按发送，看看会发生什么。" }),
  ] });
}

function fill(command) {
  const prefix = state.chat?.kind === "group" ? `@${bot} ` : "";
  words.value = prefix + command.replace("{id}", state.lastTicket ?? "1");
  words.focus();
}

function quote(message) {
  state.quote = message;
  byId("quoting").hidden = !message;
  if (!message) return;
  byId("quoting-text").textContent = `引用 ${message.sender_name}：${plainText(message).replace(/\s+/g, " ").slice(0, 60)}`;
  if (!words.value.trim() && state.chat.kind === "group") words.value = `@${bot} `;
  words.focus();
}

function markMine() {
  for (const item of list.querySelectorAll(".message")) {
    item.classList.toggle("message-mine", item.dataset.sender === speaker.value);
  }
}

async function send() {
  const content = words.value.trim();
  const error = byId("composer-error");
  error.hidden = true;
  if (!content || !state.chat) return;
  const button = byId("composer").querySelector(".send");
  button.disabled = true;
  try {
    await sendMessage(state.chat.id, { from: speaker.value, content, quote_id: state.quote?.id });
    words.value = "";
    quote(null);
    list.scrollTop = list.scrollHeight;
    await refresh();
  } catch (failure) {
    error.textContent = failure.message;
    error.hidden = false;
  } finally {
    button.disabled = false;
  }
}
