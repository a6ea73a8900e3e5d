// Starts the page, and keeps it live once a second while anybody looks.

import { currentChat, lastTicket, openChat, refresh, scrollToEnd, setUpChat } from "./chat.js";
import { setUpComposer } from "./composer.js";
import { openContacts, refreshContacts, setUpContacts } from "./contacts.js";
import { markOpen, refreshConversations, setUpConversations } from "./conversations.js";
import { byId } from "./dom.js";
import { refreshFaults, setUpFaults } from "./faults.js";
import { refreshInspector, setUpInspector } from "./inspector.js";

const EVERY_MS = 1000;
// The list of conversations and the faults change less often.
const SLOW_TICKS = 3;
const connection = byId("connection");
const phone = matchMedia("(max-width: 720px)");

function show(view) {
  document.body.dataset.view = view;
  for (const tab of document.querySelectorAll("[data-tab]")) {
    tab.setAttribute("aria-current", String(tab.dataset.tab === view));
  }
  if (view === "chat") scrollToEnd();
  if (view === "contacts") openContacts();
}

function select(chat) {
  markOpen(chat);
  show("chat");
  return openChat(chat).then(connected, lost);
}

function connected() {
  connection.textContent = "已连接";
  connection.className = "connection connection-live";
  byId("offline").hidden = true;
}

function lost(error) {
  connection.textContent = "正在重连…";
  connection.className = "connection connection-lost";
  byId("offline-words").textContent = `${error.message}，正在重连…`;
  byId("offline").hidden = false;
}

const inspectorIsVisible = () => !phone.matches || document.body.dataset.view === "inspector";

async function update(isSlow) {
  const asked = [refresh(), refreshInspector({ isVisible: inspectorIsVisible() })];
  if (isSlow) asked.push(refreshConversations(), refreshFaults());
  if (isSlow && document.body.dataset.view === "contacts") asked.push(refreshContacts());
  await Promise.all(asked);
}

async function keepLive() {
  for (let tick = 1; ; tick += 1) {
    await new Promise((done) => { setTimeout(done, EVERY_MS); });
    if (document.hidden) continue;
    await update(tick % SLOW_TICKS === 0).then(connected, lost);
  }
}

async function start() {
  const { chats, members } = await setUpConversations(select);
  setUpComposer(members, {
    chat: currentChat,
    lastTicket,
    afterSending: async () => { await refresh(); scrollToEnd(); },
  });
  setUpChat();
  setUpInspector();
  setUpFaults();
  setUpContacts();
  for (const tab of document.querySelectorAll("[data-tab]")) {
    tab.addEventListener("click", () => show(tab.dataset.tab));
  }
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) update(true).then(connected, lost);
  });
  await Promise.all([select(chats[0]), refreshInspector({ isVisible: true }).catch(lost)]);
  // Until now the form would have gone to the server as forms do, and the words been lost.
  byId("send").disabled = false;
  keepLive();
}

start().catch((error) => {
  lost(error);
  setTimeout(() => location.reload(), 3000);
});
