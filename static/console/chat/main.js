// Starts the chat page and keeps it live.

import { call } from "../api.js";
import { byId, whenQuiet } from "../dom.js";
import { complain, setUpFrame, showConnection, toast } from "../frame.js";
import { me } from "../page.js";
import * as acts from "./acts.js";
import { drawAssistant } from "./assistant.js";
import * as composer from "./composer.js";
import * as conversation from "./conversation.js";
import * as customer from "./customer.js";
import { isSupervisor } from "./facts.js";
import * as head from "./head.js";
import { setUpKeys } from "./keys.js";
import { openLine } from "./line.js";
import * as lists from "./lists.js";
import { markDelivered, readSoon, setUpMarks } from "./marks.js";
import { notice, setUpNotices, showInTitle } from "./notices.js";
import * as outbox from "./outbox.js";
import { loadQueue, takeQueue } from "./queue.js";
import * as state from "./state.js";
import * as status from "./status.js";
import { drawSuggestions } from "./suggestions.js";
import { takePresence } from "./team.js";
import { preview } from "./words.js";

let line = null;
const suggestSoon = whenQuiet(drawSuggestions, 800);
const lookSoon = whenQuiet(status.look, 500);

async function open(id, { keepsAddress = false } = {}) {
  try {
    if (!state.chats.has(id)) state.take(await call(`/api/customer-service/chats/${id}`));
  } catch (error) {
    complain(error);
    return;
  }
  state.setOpened(id);
  showViewers(id, []);
  document.body.dataset.part = "talk";
  byId("nothing").hidden = true;
  byId("conversation").hidden = byId("customer").hidden = false;
  if (!keepsAddress) history.replaceState(null, "", `#${id}`);
  line?.say({ type: "watching", chat_id: id });
  draw();
  drawAssistant();
  const chat = state.opened();
  if (!matchMedia("(max-width: 720px)").matches) byId("words").focus({ preventScroll: true });
  if (isSupervisor && chat.status === "active" && !state.isMine(chat)) acts.listen(chat);
  await conversation.catchUp(id).catch(complain);
  conversation.draw();
  conversation.toEnd();
  readSoon();
  suggestSoon();
}

function draw() {
  lists.draw();
  head.draw();
  composer.draw();
  conversation.draw();
  customer.draw();
  showInTitle();
  readSoon();
}

// After a break whatever the socket did not tell again is asked for.
async function catchUp() {
  await Promise.all([lists.loadMine(), loadQueue()]);
  for (const chat of state.myChats()) await conversation.catchUp(chat.id);
  if (state.opened()) await conversation.catchUp(state.openedId());
  outbox.flush();
}

function said({ chat_id: id, message }) {
  const chat = state.chats.get(id);
  const isNew = !state.talkOf(id).messages.has(message.number);
  state.hear(id, message);
  if (id === state.openedId()) { conversation.showTyping(null); suggestSoon(); }
  if (!isNew || !chat || message.sender !== "customer" && !message.data?.whisper) return;
  if (!state.isMine(chat)) return;
  markDelivered(chat, message.number);
  const isInSight = id === state.openedId() && !document.hidden && document.hasFocus();
  if (!isInSight) notice({ heading: chat.customer.name, words: preview({ type: message.type, text: message.content.slice(0, 80) }), tag: `chat-${id}`, onClick: () => open(id) });
}

async function assigned({ chat }) {
  const wasMine = state.isMine(state.chats.get(chat.id));
  state.take(chat);
  lookSoon();
  if (!state.isMine(chat) || wasMine) return;
  await conversation.load(chat.id).catch(() => {});
  markDelivered(chat, state.lastSeenOf(chat.id));
  notice({ heading: "新会话", words: `${chat.customer.name} 接入了`, tag: `chat-${chat.id}`, onClick: () => open(chat.id) });
}

function gone({ chat_id: id }) {
  const chat = state.chats.get(id);
  lookSoon();
  if (!chat) return;
  if (state.isMine(chat)) toast(`「${chat.customer.name}」已由别人接手`);
  // Who may still see it goes on looking: the server has stopped telling.
  const stay = (now) => { state.take(now); if (id === state.openedId()) line.say({ type: "watching", chat_id: id }); };
  call(`/api/customer-service/chats/${id}`).then(stay, () => {
    if (id === state.openedId()) close();
    state.forget(id);
  });
}

function close() {
  state.setOpened(null);
  byId("nothing").hidden = false;
  byId("conversation").hidden = byId("customer").hidden = true;
  document.body.dataset.part = "list";
}

const handlers = {
  hello: () => {
    if (state.openedId()) line.say({ type: "watching", chat_id: state.openedId() });
    catchUp().catch(complain);
  },
  reload: () => catchUp().catch(complain),
  "chat.message": said,
  "message.recalled": ({ chat_id: id, message }) => state.takeMessages(id, [message]),
  "message.status": ({ chat_id: id, messages }) => state.takeStatuses(id, messages),
  "message.accepted": ({ client_id: id, message }) => outbox.accepted(id, message),
  "message.refused": ({ client_id: id, status: code, errors, missed }) => outbox.refused(id, code, errors, missed),
  "chat.assigned": assigned,
  "chat.updated": ({ chat }) => { state.take(chat); lookSoon(); },
  "chat.ended": ({ chat }) => { state.take(chat); lookSoon(); },
  "chat.gone": gone,
  "chat.viewers": ({ chat_id: id, viewers }) => showViewers(id, viewers),
  "queue.updated": ({ queue }) => takeQueue(queue),
  presence: ({ user_id: id, status: now }) => { if (id === me.id) status.showStatus(now); takePresence(id, now); state.changed(); },
  typing: ({ chat_id: id, name }) => { if (id === state.openedId()) conversation.showTyping(name); },
};

function showViewers(id, viewers) {
  const others = id === state.openedId() ? viewers.filter((one) => one.id !== me.id) : [];
  byId("viewers").hidden = !others.length;
  byId("viewers").textContent = others.length ? `${others.map((one) => one.name).join("、")} 也在看` : "";
}

function start() {
  setUpFrame({ hasPresence: false, showsChats: true });
  status.setUpStatus();
  lists.setUpLists(open);
  conversation.setUpConversation();
  setUpNotices();
  setUpKeys(open);
  for (const node of document.querySelectorAll("[data-goes]")) node.addEventListener("click", () => { document.body.dataset.part = node.dataset.goes; });
  byId("side-toggle").addEventListener("click", () => { document.body.dataset.part = document.body.dataset.part === "side" ? "talk" : "side"; });
  addEventListener("open-chat", (event) => open(event.detail));
  line = openLine({ onState: showConnection, handlers });
  composer.setUpComposer(line);
  outbox.setUpOutbox({ line, onStale: composer.showStale });
  setUpMarks(line);
  state.onChange(draw);
  const asked = Number(location.hash.slice(1));
  if (asked) open(asked, { keepsAddress: true });
  lists.draw();
}

start();
