// What may help to answer the customer's last words: articles, canned replies, how the like was solved.
// Each has a number; Alt+Shift and the number puts its words into the reply.

import { call, post } from "../api.js";
import { button, byId, element, oneLine } from "../dom.js";
import { complain, toast } from "../frame.js";
import { stateLabel } from "../page.js";
import { openedId } from "./state.js";

const MOST = 9;
const SHOWN = 120;
let shownId = null;
let found = null;
let items = [];
// What was said of articles that were used here: by article, the use's number.
const used = new Map();

// Asked anew when another chat is opened or somebody has said something.
export async function drawSuggestions() {
  const id = openedId();
  if (!byId("suggestions") || id === null) return;
  if (shownId !== id) { shownId = id; found = null; items = []; used.clear(); }
  show();
  const answer = await call(`/api/customer-service/chats/${id}/suggestions`).catch(() => null);
  if (openedId() !== id || !answer) return;
  found = answer;
  items = [
    ...answer.articles.map((one) => ({ kind: "article", id: one.id, name: one.title, text: one.body, article: one })),
    ...answer.replies.map((one) => ({ kind: "reply", id: one.id, name: `/${one.shortcut} ${one.title}`, text: one.content })),
    ...answer.tickets.filter((one) => one.resolution).map((one) => ({ kind: "ticket", id: one.id, name: `#${one.id} ${one.title}`, text: one.resolution, ticket: one })),
  ].slice(0, MOST);
  show();
}

// The words of that number; false where there is none.
export function useNumber(number) {
  const item = shownId === openedId() ? items[number - 1] : null;
  if (item) use(item);
  return Boolean(item);
}

function show() {
  const box = byId("suggestions");
  if (!box) return;
  if (!items.length) { box.replaceChildren(); return; }
  box.replaceChildren(element("section", {
    className: "side-part suggestions",
    children: [
      element("h2", { text: "回复建议", attributes: { title: `根据客户的话：${oneLine(found.about, 60)}` } }),
      element("ol", { className: "side-list", children: items.map(line) }),
    ],
  }));
}

const KINDS = { article: "知识", reply: "话术", ticket: "相似工单" };

function line(item, index) {
  return element("li", {
    children: [
      element("p", { className: "suggested-head", children: [
        element("span", { className: `suggested-kind suggested-${item.kind}`, text: KINDS[item.kind] }),
        item.ticket
          ? element("a", { text: item.name, attributes: { href: `/console/tickets/${item.id}` } })
          : element("strong", { text: item.name }),
      ] }),
      item.article && !item.article.is_public && element("span", { className: "said-tag", text: "仅内部，勿直接发送" }),
      item.ticket && element("span", { className: `badge badge-${item.ticket.status}`, text: stateLabel(item.ticket.status) }),
      element("p", { className: "answer", text: oneLine(item.text, SHOWN), attributes: { title: item.text } }),
      element("p", { className: "suggested-acts", children: [
        button("插入", () => use(item), { className: "link", attributes: { "aria-label": `插入：${item.name}`, "aria-keyshortcuts": `Alt+Shift+${index + 1}` } }),
        element("kbd", { text: `Alt ⇧ ${index + 1}` }),
        ...judging(item),
      ] }),
    ],
  });
}

// Only what was used can be judged.
function judging(item) {
  const hit = item.article && used.get(item.id);
  if (!hit) return [];
  const say = (words, value) => button(words, () => judge(item, hit, value), { className: "link", attributes: { "aria-pressed": String(hit.was_helpful === value) } });
  return [say("有用", true), say("没用", false)];
}

async function judge(item, hit, value) {
  try {
    used.set(item.id, await post(`/api/ai/knowledge/hits/${hit.id}/feedback`, { was_helpful: value }));
    toast("已记下，谢谢");
    show();
  } catch (error) {
    complain(error);
  }
}

async function use(item) {
  const chatId = openedId();
  try {
    const words = await wordsOf(item);
    if (openedId() === chatId) insert(words);
  } catch (error) {
    complain(error);
  }
}

async function wordsOf(item) {
  if (item.kind === "reply") return (await post(`/api/canned-replies/${item.id}/render`, { chat_id: openedId() })).content;
  if (item.kind === "article" && !used.has(item.id)) {
    used.set(item.id, await post(`/api/ai/knowledge/articles/${item.id}/use`, { score: item.article.score }));
    show();
  }
  return item.text;
}

function insert(text) {
  const words = byId("words");
  words.setRangeText(text, words.selectionStart, words.selectionEnd, "end");
  words.dispatchEvent(new Event("input", { bubbles: true }));
  words.focus();
}
