// The list on the left: who talks with whom, and the newest words of each.

import { fetchChats } from "./api.js";
import { summary } from "./bubbles.js";
import { byId, element } from "./dom.js";
import { avatar, learnNames } from "./people.js";
import { shortTime } from "./time.js";

const seen = new Map();
let open = null;

function chatButton(chat, onOpen) {
  return element("li", { children: [element("button", {
    className: "chat-button",
    attributes: { type: "button", "data-chat": chat.id, title: chat.name },
    on: { click: () => onOpen(chat) },
    children: [
      avatar(chat.member ?? chat.kind, chat.name),
      element("span", { className: "chat-words", children: [
        element("strong", { text: chat.name }),
        element("time", { className: "chat-time" }),
        element("small", { className: "chat-last" }),
        element("span", { className: "chat-unread", attributes: { "aria-label": "有新消息" } }),
      ] }),
    ],
  })] });
}

function preview({ kind, last }) {
  if (!last) return kind === "group" ? "内部群聊" : "与自建应用的单聊";
  const words = summary(last.kind, last.text, 40);
  return kind === "group" ? `${last.sender_name}：${words}` : words;
}

function show(chat) {
  const button = document.querySelector(`[data-chat="${CSS.escape(chat.id)}"]`);
  button.querySelector(".chat-last").textContent = preview(chat);
  button.querySelector(".chat-time").textContent = chat.last ? shortTime(chat.last.created_at) : "";
  const newest = chat.last?.id ?? 0;
  if (chat.id === open || !seen.has(chat.id)) seen.set(chat.id, newest);
  button.querySelector(".chat-unread").hidden = newest <= seen.get(chat.id);
}

export async function setUpConversations(onOpen) {
  const { list, members } = await fetchChats();
  learnNames(members);
  byId("chats").replaceChildren(...list.map((chat) => chatButton(chat, onOpen)));
  list.forEach(show);
  return { chats: list, members };
}

export async function refreshConversations() {
  (await fetchChats()).list.forEach(show);
}

export function markOpen(chat) {
  open = chat.id;
  seen.delete(chat.id);
  for (const button of document.querySelectorAll("[data-chat]")) {
    const isOpen = button.dataset.chat === chat.id;
    button.setAttribute("aria-current", String(isOpen));
    if (isOpen) button.querySelector(".chat-unread").hidden = true;
  }
}
