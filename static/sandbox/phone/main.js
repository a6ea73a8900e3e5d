// The phone: who plays, which conversation is open, and keeping it live once a second.

import { uploadPicture } from "../api.js";
import { byId, element } from "../dom.js";
import { open, refreshSms, setUpBrowser } from "./browser.js";
import { apart, line } from "./bubbles.js";
import { kf, official } from "./lines.js";
import { refreshMenu } from "./menu.js";

const EVERY_MS = 1000;
const SLOW_TICKS = 4;
const lines = { official, kf };
const asked = new URLSearchParams(location.search);
const state = { line: asked.get("line") === "kf" ? "kf" : "official", people: [], who: null, since: 0, cursor: "", last: "" };
const talk = byId("talk");
const words = byId("words");
const current = () => lines[state.line];

async function setLine(name) {
  state.line = name;
  for (const tab of document.querySelectorAll("[data-line]")) tab.setAttribute("aria-current", String(tab.dataset.line === name));
  byId("title").textContent = current().title;
  byId("menu").hidden = byId("to-menu").hidden = name !== "official";
  byId("plus-acts").replaceChildren(...acts(name));
  state.who = null;
  await showPeople();
  await choose(state.people.find(({ id }) => id === asked.get("openid")) ?? state.people[0] ?? null);
}

async function showPeople() {
  const found = await current().people();
  // Somebody who has not come in yet is known to this phone alone.
  if (state.who && !found.some(({ id }) => id === state.who.id)) found.unshift(state.who);
  state.people = found;
  byId("who").replaceChildren(...(found.length ? found : [{ id: "", name: "还没有客户" }]).map(({ id, name, isIn }) =>
    element("option", { text: isIn === false ? `${name}（未关注）` : name, attributes: { value: id } })));
  if (!state.who) return;
  byId("who").value = state.who.id;
  Object.assign(state.who, found.find(({ id }) => id === state.who.id));
  showFoot();
}

async function choose(person) {
  Object.assign(state, { who: person, since: 0, cursor: "", last: "" });
  talk.replaceChildren(element("li", { className: "none", text: "还没有消息" }));
  if (person) byId("who").value = person.id;
  showFoot();
  // A page that asks the platform who looks at it comes from this address.
  const here = new URLSearchParams({ line: state.line, ...(person && state.line === "official" ? { openid: person.id } : {}) });
  history.replaceState(null, "", `?${here}`);
  window.parent.postMessage({ phone: person && { line: state.line, id: person.id, name: person.name, isIn: person.isIn } }, location.origin);
  await refresh();
}

function showFoot() {
  const isIn = state.who?.isIn ?? false;
  byId("foot").hidden = !isIn;
  byId("profile").hidden = isIn || !state.who;
}

let loading = null;

async function refresh() {
  await loading;
  loading = load().finally(() => { loading = null; });
  return loading;
}

async function load() {
  const { who } = state;
  if (!who) return;
  await refreshSms();
  const answer = await current().read(who, state.since, state.cursor);
  if (who !== state.who) return;
  state.cursor = answer.cursor;
  const isAtEnd = talk.scrollHeight - talk.scrollTop - talk.clientHeight < 120;
  for (const bubble of answer.changed) talk.querySelector(`[data-id="${bubble.id}"]`)?.replaceWith(line(bubble, open));
  for (const bubble of answer.list.filter(({ id }) => id > state.since)) {
    talk.querySelector(".none")?.remove();
    talk.append(...apart(state.last, bubble), line(bubble, open));
    state.since = bubble.id;
    state.last = bubble.at;
    if (isAtEnd) talk.scrollTop = talk.scrollHeight;
  }
}

// Whatever somebody does here: what went wrong is said below.
async function tried(doing) {
  byId("wrong").hidden = true;
  try {
    await doing();
    await refresh();
    talk.scrollTop = talk.scrollHeight;
  } catch (error) {
    byId("wrong").textContent = error.message;
    byId("wrong").hidden = false;
  }
}

function ask(question, value = "") {
  const dialog = byId("ask");
  byId("ask-words").textContent = question;
  byId("ask-value").value = value;
  dialog.returnValue = "";
  dialog.showModal();
  byId("ask-value").select();
  return new Promise((done) => {
    dialog.addEventListener("close", () => done(dialog.returnValue === "ok" ? byId("ask-value").value.trim() : null), { once: true });
  });
}

async function asking(question, value, doing) {
  const answer = await ask(question, value);
  if (answer) await tried(() => doing(answer));
}

const does = (name, fields) => tried(() => current().act(state.who, name, fields));

function acts(name) {
  const button = (text, click, className = "") =>
    element("button", { text, className, attributes: { type: "button" }, on: { click } });
  if (name === "kf") {
    return [
      button("重新进入", () => does("customer_enters")),
      button("撤走客服", () => does("servicer_ends")),
    ];
  }
  return [
    button("图片", () => byId("picture").click()),
    button("语音", () => asking("语音里说了什么（平台识别的文字）", "我的网站打不开了", (recognition) => current().act(state.who, "send_voice", { recognition }))),
    button("位置", () => asking("在哪里", "上海市人民广场", (label) => current().act(state.who, "send_location", { label }))),
    button("扫二维码", () => asking("二维码的场景值", "", (scene) => current().act(state.who, "scan", { scene }))),
    button("上报位置", () => does("locate")),
    button("取消关注", () => tried(async () => { await current().act(state.who, "unfollow"); await showPeople(); }), "danger"),
  ];
}

async function newcomer() {
  const name = await ask("新客户的名字", `客户${Math.floor(Math.random() * 900 + 100)}`);
  if (!name) return;
  await tried(async () => {
    state.who = await current().newcomer(name);
    await showPeople();
    await choose(state.people.find(({ id }) => id === state.who.id));
  });
}

async function say() {
  const content = words.value.trim();
  if (!content || !state.who) return;
  await tried(async () => {
    await current().say(state.who, content);
    words.value = "";
  });
}

function setUp() {
  byId("who").addEventListener("change", () => choose(state.people.find(({ id }) => id === byId("who").value)));
  byId("newcomer").addEventListener("click", newcomer);
  for (const tab of document.querySelectorAll("[data-line]")) tab.addEventListener("click", () => tried(() => setLine(tab.dataset.line)));
  byId("write").addEventListener("submit", (event) => { event.preventDefault(); say(); });
  words.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); say(); }
  });
  byId("profile").addEventListener("submit", (event) => {
    event.preventDefault();
    const scene = event.target.elements.scene.value.trim();
    tried(async () => { await current().enter(state.who, scene); await showPeople(); });
  });
  byId("to-menu").addEventListener("click", () => { byId("menu").hidden = !byId("menu").hidden; });
  byId("more").addEventListener("click", () => {
    byId("plus").hidden = !byId("plus").hidden;
    byId("more").setAttribute("aria-expanded", String(!byId("plus").hidden));
  });
  byId("picture").addEventListener("change", (event) => {
    const [file] = event.target.files;
    event.target.value = "";
    if (file) tried(async () => current().act(state.who, "send_image", { url: (await uploadPicture(file)).url }));
  });
  // The stage puts somebody on this phone, or opens a page on it.
  window.addEventListener("message", ({ origin, data }) => {
    if (origin !== location.origin || !data.play) return;
    asked.set("openid", data.play.id);
    tried(() => setLine(data.play.line ?? "official"));
  });
  setUpBrowser();
}

async function slow() {
  await showPeople();
  if (state.line === "official") await refreshMenu((name, fields) => does(name, fields));
}

function connected(isLive) {
  byId("connection").textContent = isLive ? "" : "正在重连…";
}

async function start() {
  setUp();
  await setLine(state.line);
  await slow();
  for (let tick = 1; ; tick += 1) {
    await new Promise((done) => { setTimeout(done, EVERY_MS); });
    if (document.hidden) continue;
    await (tick % SLOW_TICKS ? refresh() : Promise.all([refresh(), slow()])).then(() => connected(true), () => connected(false));
  }
}

start().catch(() => {
  connected(false);
  setTimeout(() => location.reload(), 3000);
});
