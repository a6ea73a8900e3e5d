// The left side: one's own chats, the queue, what is over, and the team.

import { call, query } from "../api.js";
import { button, byId, element, place, whenQuiet } from "../dom.js";
import { complain } from "../frame.js";
import { chatRow, waitOf } from "./row.js";
import { drawQueue, queueNow } from "./queue.js";
import { chats, myChats, openedId, take, unreadOf } from "./state.js";
import { drawTeam, loadTeam } from "./team.js";

const SIZE = 30;
const box = byId("list");
let tab = "mine";
let onOpen = () => {};
let old = { ids: [], page: 0, hasMore: false, words: "" };

export function setUpLists(open) {
  onOpen = open;
  const tabs = [...document.querySelectorAll("#tabs [role=tab]")];
  for (const one of tabs) one.addEventListener("click", () => show(one.dataset.tab));
  byId("tabs").addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const next = tabs[(tabs.indexOf(document.activeElement) + step + tabs.length) % tabs.length];
    next.focus();
    show(next.dataset.tab);
  });
  const seek = whenQuiet(() => loadOld(true), 300);
  byId("old-words").addEventListener("input", seek);
  setInterval(tick, 1000);
}

export function show(which) {
  tab = which;
  if (tab === "old") loadOld(true);
  if (tab === "team") loadTeam().then(draw, complain);
  draw();
}

export const shownTab = () => tab;
export const shownChats = () => [...box.querySelectorAll("[data-chat]")].map((row) => Number(row.dataset.chat));

async function loadOld(isFresh) {
  const words = byId("old-words").value.trim();
  if (isFresh) old = { ids: [], page: 0, hasMore: false, words };
  const mine = old;
  const answer = await call(`/api/customer-service/chats?${query({ status: "ended", keyword: words, page: mine.page + 1, size: SIZE, ordering: "-ended_at" })}`).catch(complain);
  if (!answer || mine !== old) return;
  old.page = answer.page;
  old.ids.push(...answer.list.map((chat) => take(chat).id));
  old.hasMore = answer.page * SIZE < answer.total;
  draw();
}

export async function loadMine() {
  const answer = await call(`/api/customer-service/chats?${query({ mine: "true", status: "active", size: 100 })}`);
  const there = new Set(answer.list.map((chat) => take(chat).id));
  for (const chat of myChats()) if (!there.has(chat.id)) take({ ...await call(`/api/customer-service/chats/${chat.id}`).catch(() => ({ ...chat, agent: null })) });
}

export function draw() {
  for (const one of document.querySelectorAll("#tabs [role=tab]")) {
    const isShown = one.dataset.tab === tab;
    one.setAttribute("aria-selected", String(isShown));
    one.tabIndex = isShown ? 0 : -1;
  }
  count("count-mine", unreadOf());
  count("nav-unread", unreadOf());
  count("count-queue", queueNow()?.waiting ?? 0);
  byId("old-search").hidden = tab !== "old";
  const focused = document.activeElement?.dataset?.chat;
  if (tab === "mine") drawMine();
  else if (tab === "queue") drawQueue(box, onOpen);
  else if (tab === "old") drawOld();
  else drawTeam(box, onOpen);
  if (focused) box.querySelector(`[data-chat="${focused}"]`)?.focus();
}

function count(id, number) {
  const sign = byId(id);
  sign.textContent = number > 99 ? "99+" : String(number);
  sign.hidden = !number;
}

export const emptyNote = (title, words) => element("div", { className: "list-empty", children: [element("strong", { text: title }), element("p", { text: words })] });

function drawMine() {
  const own = myChats();
  // Just ended under one's eyes: it stays in sight until another is opened.
  const here = chats.get(openedId());
  if (here && !own.includes(here) && here.status === "ended") own.push(here);
  place(box, own.length ? own.map((chat) => chatRow(chat, { onOpen })) : [emptyNote("还没有会话", "在线后，新的客户会自动接入到这里")]);
}

function drawOld() {
  const list = old.ids.map((id) => chats.get(id)).filter((chat) => chat?.status === "ended");
  place(box, [
    ...(list.length || !old.page ? list.map((chat) => chatRow(chat, { onOpen, showAgent: true })) : [emptyNote("没有找到", "换个姓名、电话或公司试试")]),
    old.hasMore && button("更多", () => loadOld(false), { className: "quiet list-more" }),
  ].filter(Boolean));
}

// Only the clocks, so that nothing is drawn anew under somebody's pointer.
function tick() {
  for (const node of box.querySelectorAll("[data-wait]")) {
    const chat = chats.get(Number(node.dataset.wait));
    const wait = chat && waitOf(chat);
    if (!wait) continue;
    node.textContent = wait.words;
    node.className = `wait wait-${wait.tone}`;
  }
  for (const node of box.querySelectorAll("[data-since]")) {
    node.dispatchEvent(new CustomEvent("tick"));
  }
}
