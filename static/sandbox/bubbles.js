// One message as people see it in the chat.

import { articles, fileTile, templateCard, textCard } from "./cards.js";
import { element, oneLine, withoutMarks } from "./dom.js";
import { mention, renderMarkdown } from "./markdown.js";
import { avatar, mentionable } from "./people.js";
import { clockTime } from "./time.js";

const NOTES = {
  pending: ["note note-pending", "回调中…"],
  done: ["note", "✓ "],
  failed: ["note note-failed", "⚠ "],
};
const TAGS = { aibot: "机器人", app: "应用" };
const WIDE = new Set(["markdown", "markdown_v2", "template_card", "textcard", "news", "stream"]);

const MARKED = new Set(["markdown", "markdown_v2", "stream"]);

export const summary = (kind, text, length) => oneLine(MARKED.has(kind) ? withoutMarks(text) : text, length);

export function plainText({ kind, content }) {
  const part = content?.[kind] ?? {};
  return part.content || part.main_title?.title || part.title || part.articles?.[0]?.title || `[${kind}]`;
}

function plain(part) {
  const text = part.content ?? "";
  const nodes = [];
  const known = mentionable().map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  let at = 0;
  for (const match of text.matchAll(new RegExp(`[@＠](?:${known.join("|")})`, "g"))) {
    nodes.push(text.slice(at, match.index), element("span", { className: "mention", text: match[0] }));
    at = match.index + match[0].length;
  }
  nodes.push(text.slice(at));
  for (const userid of Array.isArray(part.mentioned_list) ? part.mentioned_list : []) {
    nodes.push(" ", mention(String(userid).replace(/^@/, "")));
  }
  return element("p", { className: "plain", children: nodes });
}

function stream(part) {
  const body = part.content ? [renderMarkdown(part.content)] : [];
  if (part.expired) body.push(element("p", { className: "stream-state", text: "应答超时，没有完成" }));
  else if (!part.finish) {
    body.push(element("p", { className: "stream-state stream-running", text: part.content ? "生成中" : "处理中" }));
  }
  return element("div", { children: body });
}

function content(message) {
  const part = message.content?.[message.kind] ?? {};
  switch (message.kind) {
    case "text": return plain(part);
    case "markdown":
    case "markdown_v2": return renderMarkdown(part.content ?? "");
    case "stream": return stream(part);
    case "template_card": return templateCard(part);
    case "textcard": return textCard(part);
    case "news": return articles(part);
    default: return fileTile(message.kind);
  }
}

function quoted(quote, onJump) {
  return element("button", {
    className: "quoted",
    attributes: { type: "button", title: "查看原消息" },
    on: { click: () => onJump(quote.id) },
    children: [
      element("span", { className: "quoted-name", text: `${quote.sender_name}：` }),
      element("span", { text: summary(quote.kind, quote.text, 90) }),
    ],
  });
}

function note({ callback_state: state, callback_note: words }) {
  if (!(state in NOTES)) return [];
  const [className, mark] = NOTES[state];
  return [element("p", { className, text: state === "pending" ? mark : mark + words })];
}

function meta(message, onQuote) {
  return element("div", { className: "meta", children: [
    element("span", { className: "meta-name", text: message.sender_name }),
    ...(message.sender in TAGS ? [element("span", { className: "tag", text: TAGS[message.sender] })] : []),
    element("time", { text: clockTime(message.created_at), attributes: { datetime: message.created_at } }),
    element("button", {
      className: "quote-button", text: "引用", attributes: { type: "button" }, on: { click: () => onQuote(message) },
    }),
  ] });
}

function recalled(message) {
  return [element("p", { className: "hint", text: `${message.sender_name}撤回了一条消息` })];
}

function said(message, { onQuote, onJump }) {
  const bubble = element("div", {
    className: `bubble bubble-${message.kind}${WIDE.has(message.kind) ? " bubble-card" : ""}`,
    children: [content(message)],
  });
  const parts = [meta(message, onQuote), bubble];
  if (message.quote) bubble.prepend(quoted(message.quote, onJump));
  const main = element("div", { className: "message-main", children: [...parts, ...note(message)] });
  const nodes = [avatar(message.sender, message.sender_name), main];
  if (message.callback_state === "unheard") nodes.push(element("p", { className: "hint", text: message.callback_note }));
  return nodes;
}

export function bubble(message, { mine, onQuote, onJump }) {
  return element("li", {
    className: mine ? "message message-mine" : "message",
    attributes: { "data-id": message.id, "data-sender": message.sender, "data-at": message.created_at },
    children: message.kind === "recalled" ? recalled(message) : said(message, { onQuote, onJump }),
  });
}
