// One message as people see it in the chat.

import { clockTime, element } from "./dom.js";
import { renderMarkdown } from "./markdown.js";

const OURS = new Set(["robot", "aibot", "app"]);
const HUES = { lisi: "blue", wangwu: "violet", zhaoliu: "amber", admin: "slate" };

export function plainText({ kind, content }) {
  const part = content?.[kind] ?? {};
  return part.content ?? part.main_title?.title ?? part.title ?? `[${kind}]`;
}

function avatar(message) {
  const look = OURS.has(message.sender) ? "bot" : (HUES[message.sender] ?? "slate");
  const letter = message.sender_name.slice(0, 1);
  return element("span", { className: `avatar avatar-${look}`, text: letter, attributes: { "aria-hidden": "true" } });
}

function templateCard(card) {
  const children = [];
  if (card.source?.desc) children.push(element("p", { className: "card-source", text: card.source.desc }));
  if (card.main_title?.title) children.push(element("p", { className: "card-title", text: card.main_title.title }));
  if (card.main_title?.desc) children.push(element("p", { className: "card-desc", text: card.main_title.desc }));
  if (card.sub_title_text) children.push(element("p", { text: card.sub_title_text }));
  for (const row of card.horizontal_content_list ?? []) {
    children.push(element("p", { className: "card-row", children: [
      element("span", { text: row.keyname ?? "" }), element("span", { text: row.value ?? "" }),
    ] }));
  }
  for (const button of card.button_list ?? []) {
    children.push(element("span", { className: "card-button", text: button.text ?? "" }));
  }
  return element("div", { className: "template-card", children });
}

function content(message) {
  const part = message.content?.[message.kind] ?? {};
  if (message.kind === "markdown" || message.kind === "markdown_v2") return renderMarkdown(part.content ?? "");
  if (message.kind === "template_card") return templateCard(part);
  return element("p", { className: "plain", text: plainText(message) });
}

function quoted(quote) {
  return element("blockquote", { className: "quoted", children: [
    element("span", { className: "quoted-name", text: quote.sender_name }),
    element("span", { className: "quoted-text", text: plainText(quote).replace(/\s+/g, " ").slice(0, 80) }),
  ] });
}

export function noteNode(text) {
  const failed = text.includes("失败");
  const mark = failed ? "⚠ " : text.startsWith("没有") ? "" : "✓ ";
  return element("span", { className: failed ? "note note-failed" : "note", text: mark + text });
}

export function bubble(message, { mine, onQuote }) {
  const side = mine ? "message message-mine" : "message";
  const meta = element("div", { className: "meta", children: [
    element("span", { text: message.sender_name }),
    element("time", { text: clockTime(message.created_at), attributes: { datetime: message.created_at } }),
    element("button", { className: "quote-button", text: "引用", attributes: { type: "button" }, on: { click: () => onQuote(message) } }),
  ] });
  const body = element("div", { className: `bubble bubble-${message.kind}`, children: [
    ...(message.quote ? [quoted(message.quote)] : []), content(message),
  ] });
  const footer = element("div", { className: "footer" });
  if (message.callback_note) footer.append(noteNode(message.callback_note));
  return element("li", {
    className: side,
    attributes: { "data-id": message.id, "data-sender": message.sender },
    children: [avatar(message), element("div", { className: "message-main", children: [meta, body, footer] })],
  });
}
