// Messages that are more than words: template cards, text cards, articles, files.

import { element, link } from "./dom.js";

const FILES = { image: ["图片", "🖼"], file: ["文件", "📄"], voice: ["语音", "🎙"] };

const line = (className, text) => (text ? [element("p", { className, text: String(text) })] : []);
const rows = (value) => (Array.isArray(value) ? value.filter((row) => row && typeof row === "object") : []);

function fact(row) {
  const value = row.url ? link(String(row.value ?? row.url), row.url) : document.createTextNode(row.value ?? "");
  return element("div", { className: "card-row", children: [
    element("dt", { text: row.keyname ?? "" }),
    element("dd", { children: [value] }),
  ] });
}

export function templateCard(card) {
  const facts = rows(card.horizontal_content_list);
  const emphasis = card.emphasis_content;
  const quote = card.quote_area;
  return element("div", { className: "template-card", children: [
    ...line("card-source", card.source?.desc),
    ...line("card-title", card.main_title?.title),
    ...line("card-desc", card.main_title?.desc),
    ...line("card-emphasis", emphasis?.title),
    ...line("card-desc", emphasis?.desc),
    ...(quote ? [element("blockquote", { children: [...line("", quote.title), ...line("", quote.quote_text)] })] : []),
    ...line("card-sub", card.sub_title_text),
    ...(facts.length ? [element("dl", { children: facts.map(fact) })] : []),
    ...rows(card.jump_list).map((jump) => element("p", { className: "card-jump", children: [link(jump.title ?? "", jump.url)] })),
    ...(card.card_action?.url ? [element("p", { className: "card-action", children: [link("查看详情", card.card_action.url)] })] : []),
    ...buttons(card),
  ] });
}

// The simulator shows buttons; a press is an event of its own, which it does not send.
function buttons(card) {
  if (card.replace_text) return [element("p", { className: "card-replaced", text: card.replace_text })];
  const list = rows(card.button_list);
  if (!list.length) return [];
  return [element("div", { className: "card-buttons", children: list.map((button) =>
    element("span", { className: `card-button card-button-${Number(button.style) || 1}`, text: button.text ?? "" })) })];
}

export function textCard(card) {
  return element("div", { className: "template-card", children: [
    ...line("card-title", card.title),
    ...line("card-desc", card.description),
    element("p", { className: "card-action", children: [link(card.btntxt || "详情", card.url)] }),
  ] });
}

export function articles(part) {
  return element("div", { className: "template-card", children: rows(part.articles).map((article) =>
    element("div", { className: "article", children: [
      element("p", { className: "card-title", children: [link(article.title ?? "", article.url)] }),
      ...line("card-desc", article.description),
    ] })) });
}

export function fileTile(kind) {
  const [name, icon] = FILES[kind] ?? [kind, "📎"];
  return element("p", { className: "file-tile", children: [
    element("span", { text: icon, attributes: { "aria-hidden": "true" } }), document.createTextNode(name),
  ] });
}
