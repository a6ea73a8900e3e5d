// The keyboard: between chats, to the composer, and a list of what there is.

import { ask } from "../dialog.js";
import { byId, element } from "../dom.js";
import * as acts from "./acts.js";
import { toggleNote } from "./composer.js";
import { show, shownChats } from "./lists.js";
import { isMine, opened, openedId } from "./state.js";
import { useNumber } from "./suggestions.js";

const HELP = [
  ["Alt + ↓ / ↑，或 J / K", "下一个、上一个会话"], ["R 或 Enter", "写回复"], ["/", "插入话术"], ["Enter", "发送；Shift + Enter 换行"],
  ["Alt + N", "内部备注"], ["Alt + T", "转接"], ["Alt + E", "结束会话"], ["Alt + 1 … 4", "我的会话、排队、已结束、团队"],
  ["Alt + Shift + 1 … 9", "插入这条回复建议"],
  ["Esc", "回到列表"], ["?", "快捷键"],
];

const TABS = { Digit1: "mine", Digit2: "queue", Digit3: "old", Digit4: "team" };

export function setUpKeys(open) {
  byId("keys").addEventListener("click", help);
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || document.querySelector("dialog[open]") || event.isComposing) return;
    const act = event.altKey && !event.ctrlKey && !event.metaKey ? withAlt(event, open) : plain(event, open);
    if (act) { event.preventDefault(); act(); }
  });
}

const isTyping = (node) => node.matches("input, textarea, select, [contenteditable]");

function withAlt(event, open) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) return () => move(step, open);
  if (event.shiftKey && /^Digit[1-9]$/u.test(event.code)) return () => useNumber(Number(event.code.slice(5)));
  if (TABS[event.code] && document.querySelector(`[data-tab="${TABS[event.code]}"]`)) return () => show(TABS[event.code]);
  const mine = isMine(opened());
  return { KeyN: mine && toggleNote, KeyT: mine && acts.transfer, KeyE: mine && acts.end }[event.code] || null;
}

function plain(event, open) {
  if (event.ctrlKey || event.metaKey || event.altKey) return null;
  if (event.key === "Escape") return () => back();
  if (isTyping(event.target)) return null;
  if (event.key === "?") return help;
  const step = { j: 1, J: 1, k: -1, K: -1 }[event.key];
  if (step) return () => move(step, open);
  if (event.key === "r" || event.key === "R") return () => byId("words").focus();
  if (event.key === "/" && opened()) return () => byId("slash").click();
  return null;
}

function move(step, open) {
  const list = shownChats();
  if (!list.length) return;
  const at = list.indexOf(openedId());
  open(list[at < 0 ? 0 : (at + step + list.length) % list.length]);
}

function back() {
  const row = document.querySelector(`[data-chat="${openedId()}"]`) ?? document.querySelector("[data-chat]");
  document.body.dataset.part = "list";
  row?.focus();
}

function help() {
  ask({
    title: "快捷键", confirm: null, cancel: "关闭",
    content: [element("dl", { className: "keys", children: HELP.map(([key, words]) => element("div", { children: [element("dt", { children: [element("kbd", { text: key })] }), element("dd", { text: words })] })) })],
  });
}
