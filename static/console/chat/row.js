// A chat as a line of a list: who, the last word, how long they have been waiting.

import { element } from "../dom.js";
import { lastMessageOf, openedId } from "./state.js";
import { draftOf } from "./drafts.js";
import { preview } from "./words.js";
import { timeOf } from "./bubble.js";

const AMBER = 30;
const day = new Intl.DateTimeFormat("zh-CN", { timeZone: "Asia/Shanghai", month: "numeric", day: "numeric" });
const isToday = (iso) => day.format(new Date(iso)) === day.format(new Date());
const when = (iso) => (iso ? isToday(iso) ? timeOf(iso) : day.format(new Date(iso)) : "");

const HUES = [152, 205, 262, 24, 338, 45, 182];
export function face(person, size = "") {
  const name = person?.name || "客";
  const hue = HUES[[...name].reduce((sum, letter) => sum + letter.codePointAt(0), 0) % HUES.length];
  const node = element("span", { className: `face ${size}`, text: [...name][0], attributes: { "aria-hidden": "true" } });
  node.style.setProperty("--hue", hue);
  return node;
}

// Amber from half a minute before the deadline, red past it; without a deadline only the wait is told.
export function waitOf(chat) {
  const since = chat.waiting_since ?? (chat.status === "queued" ? chat.queued_at : null);
  if (!since || chat.status === "ended") return null;
  const seconds = Math.max(0, (Date.now() - new Date(since)) / 1000);
  const left = chat.reply_due_at ? (new Date(chat.reply_due_at) - Date.now()) / 1000 : null;
  const late = left === null ? seconds > 300 : left < 0;
  const soon = left === null ? seconds > 120 : left < AMBER;
  return { words: stopwatch(seconds), tone: late ? "late" : soon ? "soon" : "fine" };
}

export function stopwatch(seconds) {
  const whole = Math.floor(seconds);
  const two = (number) => String(number).padStart(2, "0");
  return whole < 3600 ? `${Math.floor(whole / 60)}:${two(whole % 60)}` : `${Math.floor(whole / 3600)}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
}

export function chatRow(chat, { onOpen, showAgent = false }) {
  const isHere = chat.id === openedId();
  const draft = isHere ? "" : draftOf(chat.id);
  const node = element("button", {
    className: `row${isHere ? " row-open" : ""}${chat.unread ? " row-unread" : ""}`,
    attributes: { type: "button", "data-chat": chat.id, "aria-current": isHere ? "true" : null },
    on: { click: () => onOpen(chat.id) },
    children: [
      face(chat.customer),
      element("span", { className: "row-name", children: [element("strong", { text: chat.customer.name }), chat.entry !== "web" && element("small", { className: "entry-tag", text: chat.entry_label })] }),
      element("time", { className: "row-time", text: when(chat.last_message_at ?? chat.queued_at) }),
      element("span", {
        className: "row-last",
        children: [
          draft && element("em", { text: "[草稿] " }),
          draft || (showAgent && chat.agent ? `${chat.agent.name}：` : "") + (preview(lastMessageOf(chat)) || "还没有消息"),
        ],
      }),
      element("span", { className: "row-marks", children: [waitNode(chat), chat.unread > 0 && element("span", { className: "count", text: chat.unread > 99 ? "99+" : String(chat.unread), attributes: { "aria-label": `${chat.unread} 条未读` } })] }),
    ],
  });
  return node;
}

function waitNode(chat) {
  const wait = waitOf(chat);
  return wait && element("span", { className: `wait wait-${wait.tone}`, text: wait.words, attributes: { "data-wait": chat.id, title: "客户已等待" } });
}
