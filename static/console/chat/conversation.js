// What was said in the open chat: by day and speaker, earlier parts on demand, the newest in sight.

import { call, post, query, remove } from "../api.js";
import { byId, element, place } from "../dom.js";
import { complain, toast } from "../frame.js";
import { me } from "../page.js";
import { bubble, kindOf, pendingBubble } from "./bubble.js";
import { again, drop, waitingIn } from "./outbox.js";
import { lastSeenOf, messagesOf, opened, takeMessages, talkOf } from "./state.js";

const SIZE = 50;
const TOGETHER = 5 * 60_000;
const log = byId("log");
const scroller = byId("scroller");
const nodes = new Map();
let shownId = null;
let typist = 0;

const day = new Intl.DateTimeFormat("zh-CN", { timeZone: "Asia/Shanghai", year: "numeric", month: "long", day: "numeric", weekday: "short" });
const path = (chatId, rest = "") => `/api/customer-service/chats/${chatId}${rest}`;

export function setUpConversation() {
  byId("earlier").addEventListener("click", () => loadEarlier().catch(complain));
  byId("newer").addEventListener("click", toEnd);
  scroller.addEventListener("scroll", () => { if (isAtEnd()) byId("newer").hidden = true; }, { passive: true });
  // A picture that has come makes the log longer: whoever read the end goes on reading the end.
  log.addEventListener("load", () => { if (byId("newer").hidden) scroller.scrollTop = scroller.scrollHeight; }, true);
  // So does whoever turns the tablet, or writes a longer reply.
  new ResizeObserver(() => { if (byId("newer").hidden && shownId !== null) scroller.scrollTop = scroller.scrollHeight; }).observe(scroller);
  setInterval(() => { nodes.clear(); draw(); }, 60_000);
}

const isAtEnd = () => scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 80;
export function toEnd() {
  scroller.scrollTop = scroller.scrollHeight;
  byId("newer").hidden = true;
}
export const isReading = () => isAtEnd();

export async function load(chatId) {
  const talk = talkOf(chatId);
  const answer = await call(path(chatId, `/messages?${query({ limit: SIZE })}`));
  takeMessages(chatId, answer.list);
  if (!talk.isLoaded) talk.hasEarlier = (answer.list[0]?.number ?? 1) > 1;
  talk.isLoaded = true;
}

// After a break the rest is asked for: what is known already needs no second reading.
export async function catchUp(chatId) {
  if (!talkOf(chatId).isLoaded) { await load(chatId); return; }
  for (;;) {
    const after = lastSeenOf(chatId);
    const answer = await call(path(chatId, `/messages?${query({ after: after || "0", limit: 200 })}`));
    takeMessages(chatId, answer.list);
    if (answer.list.length < 200) return;
  }
}

async function loadEarlier() {
  const chat = opened();
  const talk = talkOf(chat.id);
  const first = messagesOf(chat.id)[0]?.number ?? 1;
  const height = scroller.scrollHeight;
  const answer = await call(path(chat.id, `/messages?${query({ before: first, limit: SIZE })}`));
  takeMessages(chat.id, answer.list);
  talk.hasEarlier = answer.list.length > 0 && answer.list[0].number > 1;
  draw();
  scroller.scrollTop += scroller.scrollHeight - height;
}

export function draw() {
  const chat = opened();
  if (!chat) return;
  const isOther = shownId !== chat.id;
  if (isOther) { nodes.clear(); shownId = chat.id; showTyping(null); }
  const wasAtEnd = isOther || isAtEnd();
  const before = log.lastElementChild?.dataset.key;
  const talk = talkOf(chat.id);
  byId("earlier").hidden = !talk.hasEarlier;
  scroller.setAttribute("aria-busy", String(!talk.isLoaded));
  const waiting = waitingIn(chat.id);
  place(log, [...lines(chat), ...waiting.map((entry) => keyed(
    `p:${entry.clientId}:${entry.state}:${entry.error}`, () => pendingBubble(entry, { again, drop }),
  ))]);
  if (wasAtEnd || waiting.length && log.lastElementChild?.dataset.key !== before) toEnd();
  else if (log.lastElementChild?.dataset.key !== before) byId("newer").hidden = false;
}

function lines(chat) {
  const made = [];
  let last = null;
  for (const message of messagesOf(chat.id)) {
    const date = day.format(new Date(message.created_at));
    if (!last || day.format(new Date(last.created_at)) !== date) {
      made.push(keyed(`d:${date}`, () => element("li", { className: "said-day", children: [element("span", { text: date })] })));
      last = null;
    }
    const isFirst = !last || kindOf(last) !== kindOf(message) || last.user_id !== message.user_id || last.sender_name !== message.sender_name
      || new Date(message.created_at) - new Date(last.created_at) > TOGETHER;
    const key = [message.id, message.status, message.recalled_at, message.error, isFirst, chat.knows_reading].join(":");
    made.push(keyed(key, () => bubble(message, { chat, isFirst, isMine: isOwn(message), acts })));
    last = message;
  }
  return made;
}

const isOwn = (message) => message.sender === "agent" && message.user_id === me.id;

function keyed(key, make) {
  if (!nodes.has(key)) {
    const node = make();
    node.dataset.key = key;
    nodes.set(key, node);
  }
  return nodes.get(key);
}

const one = (message, rest = "") => path(message.chat_id, `/messages/${message.id}${rest}`);
const taken = (words) => (now) => { if (now?.number) takeMessages(now.chat_id, [now]); toast(words); };

const acts = {
  recall: (message) => post(one(message, "/recall")).then(taken("已撤回"), complain),
  cancel: (message) => remove(one(message)).then(taken("已取消，不会发送"), complain),
  resend: (message) => post(one(message, "/resend")).then(taken("正在重新发送"), complain),
};

export function showTyping(name) {
  clearTimeout(typist);
  const sign = byId("typing");
  sign.hidden = !name;
  if (!name) return;
  byId("typing-name").textContent = `${name} 正在输入`;
  if (isAtEnd()) toEnd();
  typist = setTimeout(() => showTyping(null), 6000);
}
