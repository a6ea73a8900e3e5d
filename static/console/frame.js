// What both pages have around their content: connection, toasts, presence, search.

import { available, call } from "./api.js";
import { byId, element } from "./dom.js";
import { setUpSearch } from "./search.js";

const LASTS = 6000;
const WORDS = { live: "实时", lost: "正在重连…", refused: "已断开", waiting: "连接中…" };

export function toast(text, { isError = false, act, actLabel } = {}) {
  const note = element("p", { className: isError ? "toast toast-error" : "toast", text });
  if (act) {
    note.append(element("button", {
      text: actLabel, attributes: { type: "button" },
      on: { click: () => { note.remove(); act(); } },
    }));
  }
  const box = byId("toasts");
  box.setAttribute("aria-live", isError ? "assertive" : "polite");
  box.append(note);
  setTimeout(() => note.remove(), isError ? LASTS * 2 : LASTS);
}

export const complain = (error) => { if (error.name !== "AbortError") toast(error.message, { isError: true }); };

export function showConnection(state, words) {
  const sign = byId("connection");
  sign.textContent = WORDS[state];
  sign.className = `connection connection-${state}`;
  const banner = byId("offline");
  banner.textContent = words ?? "连接已断开，正在重连…重连后会补上错过的变化。";
  banner.hidden = state === "live" || state === "waiting";
}

const PRESENCE = "/api/agents/me/presence";
const PRESENCE_EVERY = 60_000;

async function setUpPresence() {
  const own = await available(PRESENCE).catch(() => null);
  const label = byId("presence");
  if (!own?.status) return;
  const choice = label.querySelector("select");
  choice.value = own.status;
  choice.addEventListener("change", () => {
    call(PRESENCE, { method: "PUT", body: { status: choice.value } }).then(() => toast("状态已更新"), complain);
  });
  label.hidden = false;
  // A command or a long absence changes it too; nobody shall believe to be online who is not.
  const lookAgain = async () => {
    const now = await available(PRESENCE).catch(() => null);
    if (!now?.status || now.status === choice.value || document.activeElement === choice) return;
    choice.value = now.status;
    toast(`您的状态已变为：${choice.selectedOptions[0].text}`);
  };
  setInterval(lookAgain, PRESENCE_EVERY);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) lookAgain(); });
}

// How much the customers have said that was not read, on the pages where chats are not shown.
async function setUpUnread() {
  const sign = byId("nav-unread");
  const look = async () => {
    const desk = await available("/api/customer-service/status").catch(() => null);
    if (!desk) return;
    sign.hidden = !desk.unread;
    sign.textContent = desk.unread > 99 ? "99+" : String(desk.unread);
    sign.setAttribute("aria-label", `${desk.unread} 条未读`);
  };
  setInterval(() => { if (!document.hidden) look(); }, PRESENCE_EVERY);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) look(); });
  await look();
}

// The chat page keeps its own presence and counts by itself: who is online there is given chats.
export function setUpFrame({ hasPresence = true, showsChats = false } = {}) {
  setUpSearch(call);
  if (hasPresence) setUpPresence();
  if (!showsChats) setUpUnread();
}
