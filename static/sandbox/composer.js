// Where people write: who speaks, quick commands, the quoted message, sending.

import { sendMessage } from "./api.js";
import { plainText, summary } from "./bubbles.js";
import { byId, element } from "./dom.js";
import { bot } from "./people.js";

const CHIPS = [
  ["创建工单", "/创建工单 @客户张三 手机:13800138000 问题:服务器无法连接"],
  ["查询工单", "/查询工单 客户张三"],
  ["分配工单", "/分配工单 #{id} @李四"],
  ["已解决", "#{id} 已解决，"],
  ["进度", "#{id} 进度 60%"],
  ["帮助", "/帮助"],
];

export const speaker = byId("speaker");
const words = byId("words");
const error = byId("composer-error");
const drafts = new Map();
let source = null;
let quotedMessage = null;
let openId = "";
let groupSpeaker = "";

// `source` tells which chat is open, the last ticket seen there, and shows what was sent.
export function setUpComposer(members, given) {
  source = given;
  speaker.append(...members.map((member) =>
    element("option", { text: member.name, attributes: { value: member.userid } })));
  byId("chips").append(...CHIPS.map(([label, command]) =>
    element("button", { className: "chip", text: label, attributes: { type: "button" }, on: { click: () => fill(command) } })));
  byId("composer").addEventListener("submit", (event) => { event.preventDefault(); send(); });
  byId("quoting-cancel").addEventListener("click", () => { quote(null); words.focus(); });
  words.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); send(); }
    if (event.key === "Escape") quote(null);
  });
}

// The only possible speaker of a single chat; null where everybody may speak.
export function speakAs(userid) {
  drafts.set(openId, words.value);
  openId = source.chat().id;
  words.value = drafts.get(openId) ?? "";
  if (userid && !speaker.disabled) groupSpeaker = speaker.value;
  speaker.value = userid ?? (groupSpeaker || speaker.value);
  speaker.disabled = userid !== null;
  if (!userid) groupSpeaker = "";
  words.placeholder = userid ? "/帮助" : `@${bot} /创建工单 @客户张三 手机:… 问题:…`;
  error.hidden = true;
}

const prefix = () => (source.chat()?.kind === "group" ? `@${bot} ` : "");

function fill(command) {
  words.value = prefix() + command.replace("{id}", source.lastTicket() ?? "1");
  words.focus();
  words.setSelectionRange(words.value.length, words.value.length);
}

export function quote(message) {
  quotedMessage = message;
  byId("quoting").hidden = !message;
  if (!message) return;
  byId("quoting-text").textContent = `${message.sender_name}：${summary(message.kind, plainText(message), 80)}`;
  if (!words.value.trim()) words.value = prefix();
  words.focus();
}

async function send() {
  const content = words.value.trim();
  const chat = source.chat();
  error.hidden = true;
  if (!content || !chat) { words.focus(); return; }
  const button = byId("send");
  button.disabled = true;
  try {
    await sendMessage(chat.id, { from: speaker.value, content, quote_id: quotedMessage?.id });
    words.value = "";
    quote(null);
    await source.afterSending();
  } catch (failure) {
    error.textContent = `没有发出：${failure.message}`;
    error.hidden = false;
  } finally {
    button.disabled = false;
  }
}
