// Starts the page: conversations on the left, live updates once a second while anybody looks.

import { fetchChats } from "./api.js";
import { openChat, refresh, setUpChat } from "./chat.js";
import { byId, element } from "./dom.js";
import { refreshInspector, setUpInspector } from "./inspector.js";

const EVERY_MS = 1000;
const connection = byId("connection");

function show(view) {
  document.body.dataset.view = view;
  for (const tab of document.querySelectorAll("[data-tab]")) {
    tab.setAttribute("aria-current", String(tab.dataset.tab === view));
  }
}

function chatButton(chat) {
  const icon = chat.kind === "group" ? "群" : chat.name.slice(0, 1);
  return element("li", { children: [element("button", {
    className: "chat-button",
    attributes: { type: "button", "data-chat": chat.id },
    on: { click: () => { select(chat); show("chat"); } },
    children: [
      element("span", { className: `avatar avatar-${chat.kind}`, text: icon, attributes: { "aria-hidden": "true" } }),
      element("span", { children: [
        element("strong", { text: chat.name }),
        element("small", { text: chat.kind === "group" ? "内部群聊" : "应用单聊" }),
      ] }),
    ],
  })] });
}

function select(chat) {
  for (const button of document.querySelectorAll("[data-chat]")) {
    button.setAttribute("aria-current", String(button.dataset.chat === chat.id));
  }
  return openChat(chat).catch(lost);
}

function lost(error) {
  connection.textContent = `● ${error.message}，正在重连…`;
  connection.className = "connection connection-lost";
}

async function tick() {
  if (!document.hidden) {
    try {
      await Promise.all([refresh(), refreshInspector()]);
      connection.textContent = "● 已连接";
      connection.className = "connection connection-live";
    } catch (error) {
      lost(error);
    }
  }
  setTimeout(tick, EVERY_MS);
}

async function start() {
  const { list: chats, members } = await fetchChats();
  byId("chats").append(...chats.map(chatButton));
  setUpChat(members);
  setUpInspector();
  for (const tab of document.querySelectorAll("[data-tab]")) {
    tab.addEventListener("click", () => show(tab.dataset.tab));
  }
  show("chat");
  await select(chats[0]);
  tick();
}

start().catch((error) => {
  lost(error);
  setTimeout(() => location.reload(), 3000);
});
