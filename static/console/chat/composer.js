// Writing: to the customer, or for the team alone. Enter sends, Shift+Enter begins a line.

import { newKey, post } from "../api.js";
import { openCanned, setUpCanned } from "../canned.js";
import { button, byId, element } from "../dom.js";
import { complain, toast } from "../frame.js";
import { showBudget } from "./budget.js";
import { setUpAttaching } from "./attach.js";
import { askCard, askQuickReplies } from "./pieces.js";
import { bubble } from "./bubble.js";
import { draftOf, keepDraft, keepDraftSoon } from "./drafts.js";
import { toEnd } from "./conversation.js";
import { send } from "./outbox.js";
import { hear, isMine, lastSeenOf, opened, takeMessages } from "./state.js";

const TYPING_EVERY = 3000;
const form = byId("composer");
const words = byId("words");
const stale = byId("stale");
let shownId = null;
let isNote = false;
// Whether it is only because the chat is not mine.
let mustBeNote = false;
let line = null;
let typedAt = 0;
let noteKey = newKey();
// What a colleague was quicker than: the text, and up to where its writer has read by now.
let held = null;

export function setUpComposer(given) {
  line = given;
  setUpCanned(words, async (reply) => (await post(`/api/canned-replies/${reply.id}/render`, { chat_id: opened().id })).content);
  words.addEventListener("input", typed);
  words.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    submit();
  });
  form.addEventListener("submit", (event) => { event.preventDefault(); submit(); });
  byId("note-on").addEventListener("click", () => setNote(!isNote));
  byId("slash").addEventListener("click", openCanned);
  byId("card").addEventListener("click", () => say(askCard));
  byId("quick").addEventListener("click", () => say(askQuickReplies));
  setUpAttaching(form, words, (files) => { for (const file of files) send({ chatId: shownId, file }); toEnd(); }, mayReply);
}

async function say(asking) {
  const chat = opened();
  const said = await asking(chat);
  if (said) { send({ chatId: chat.id, ...said }); toEnd(); }
}

const mayReply = () => isMine(opened()) && !isNote;

export function setNote(on) {
  isNote = on || !isMine(opened());
  mustBeNote = !isMine(opened());
  noteKey = newKey();
  draw();
  words.focus();
}
export const toggleNote = () => setNote(!isNote);

function typed() {
  keepDraftSoon(shownId, words.value);
  noteKey = newKey();
  grow();
  byId("send").disabled = !words.value.trim();
  if (!mayReply() || !words.value || Date.now() - typedAt < TYPING_EVERY) return;
  typedAt = Date.now();
  line.say({ type: "typing", chat_id: shownId });
}

function grow() {
  words.style.height = "auto";
  words.style.height = `${Math.min(words.scrollHeight + 2, 180)}px`;
}

function write(text) {
  words.value = text;
  keepDraftSoon.cancel();
  keepDraft(shownId, text);
  byId("send").disabled = !text.trim();
  grow();
}

function submit() {
  const content = words.value.trim();
  const chat = opened();
  if (!content || !chat) return;
  if (isNote) { addNote(chat, content); return; }
  if (!isMine(chat)) return;
  write("");
  send({ chatId: chat.id, content });
  toEnd();
}

async function addNote(chat, content) {
  byId("send").disabled = true;
  try {
    const note = await post(`/api/customer-service/chats/${chat.id}/notes`, { content }, { once: noteKey });
    hear(chat.id, note);
    noteKey = newKey();
    if (shownId === chat.id) write("");
    if (isMine(opened())) setNote(false);
    toEnd();
  } catch (error) {
    complain(error);
    byId("send").disabled = false;
  }
}

export function draw() {
  const chat = opened();
  if (!chat) return;
  if (shownId !== chat.id) enter(chat);
  if (!isMine(chat)) isNote = mustBeNote = true;
  // The chat has become mine: what is written next is for the customer, what was begun as a note is not.
  else if (mustBeNote && !words.value) isNote = mustBeNote = false;
  form.classList.toggle("composer-note", isNote);
  byId("note-on").setAttribute("aria-pressed", String(isNote));
  byId("note-on").disabled = !isMine(chat);
  for (const id of ["card", "quick", "attach"]) byId(id).toggleAttribute("inert", !mayReply());
  byId("send").textContent = isNote ? "记下备注" : "发送";
  words.placeholder = isNote ? "写内部备注，只有同事看得到…" : "回复客户，Enter 发送，/ 选话术…";
  byId("why-not").textContent = reason(chat);
  byId("why-not").hidden = isMine(chat);
  showBudget(chat, !isNote);
}

function reason(chat) {
  if (isMine(chat)) return "";
  if (chat.status === "ended") return "会话已结束，只能写内部备注";
  if (chat.status === "queued") return "客户还在排队，接入后才能回复；现在只能写内部备注";
  return `由 ${chat.agent?.name ?? "同事"} 接待，您只能写内部备注`;
}

function enter(chat) {
  keepDraftSoon.cancel();
  if (shownId !== null) keepDraft(shownId, words.value);
  shownId = chat.id;
  isNote = mustBeNote = !isMine(chat);
  words.value = draftOf(chat.id);
  byId("send").disabled = !words.value.trim();
  grow();
  drawStale();
}

// A colleague spoke first: what they said, and the words kept until their writer decides.
export function showStale(entry, missed, detail) {
  takeMessages(entry.chatId, missed);
  held = { entry, missed, detail, lastSeen: Math.max(entry.lastSeen, ...missed.map((one) => one.number)) };
  drawStale();
  if (entry.chatId !== shownId) toast(detail, { isError: true });
}

function drawStale() {
  stale.hidden = held?.entry.chatId !== shownId;
  if (stale.hidden) { stale.replaceChildren(); return; }
  const { entry, missed, detail, lastSeen } = held;
  const done = () => { held = null; drawStale(); words.focus(); };
  stale.replaceChildren(
    element("strong", { text: detail }),
    element("ol", { className: "log", children: missed.map((one) => bubble(one, { chat: opened(), isFirst: true, isMine: false, acts: {} })) }),
    element("p", { className: "stale-mine", children: [element("span", { text: "您写的：" }), entry.content] }),
    element("div", {
      className: "stale-acts",
      children: [
        button("仍然发送", () => { done(); send({ ...entry, lastSeen: Math.max(lastSeen, lastSeenOf(entry.chatId)) }); }, { className: "primary" }),
        button("修改", () => { write(words.value ? `${entry.content}\n${words.value}` : entry.content); done(); }),
        button("不发了", done, { className: "quiet" }),
      ],
    }),
  );
  stale.querySelector("button").focus();
}
