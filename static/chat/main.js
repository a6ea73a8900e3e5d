// A customer's chat: who is there, what was said, and what comes next.
import { call, post, query } from "../console/api.js";
import { button, byId, element } from "../console/dom.js";
import { composer } from "./composer.js";
import { history } from "./history.js";
import { line } from "./line.js";
import { menus, toast } from "./menus.js";
import { outbox } from "./outbox.js";
import { over } from "./over.js";
import { queue } from "./queue.js";
import { talk } from "./talk.js";
import "./start.js";

const BASE = "/api/user/customer-service";
const POLL = 4000;
const RECALLABLE = 2 * 60 * 1000;
const boot = JSON.parse(byId("boot").textContent);
const pathOf = (chatId, ...rest) => [BASE, "chats", chatId, ...rest].join("/");

let chat = null;
let socket = null;
let unattended = "";
let typingUntil = 0;
let lastTyping = 0;
let readUpTo = 0;
let deliveredUpTo = 0;

const letters = outbox(boot.customer_id, {
  pathOf,
  onSent: (message) => said.add([message]),
  onChange: () => said?.draw(),
  onRefused(error, letter, seconds) {
    if (seconds) toast(`您发得太快了，{} 秒后自动继续发送`, seconds);
    else if (error.code === "illegal_state") lookAgain();
    else toast(error.message);
  },
});

const acts = {
  onPicture: (url) => menus.view(url),
  onOption: (text) => speak(text),
  onMenu(message, at) {
    const isFresh = Date.now() - Date.parse(message.created_at) < RECALLABLE;
    menus.open(at, [
      message.content && ["复制", () => navigator.clipboard?.writeText(message.content)],
      isFresh && ["撤回", () => recall(message)],
    ].filter(Boolean));
  },
  ofLetter: (letter) => ({ onAgain: () => letters.again(letter), onDrop: () => letters.drop(letter) }),
};

const said = talk({
  acts,
  letters: () => (chat ? letters.of(chat.id) : []),
  opening: () => [greeting],
});
const past = history({ base: BASE, talk: said });
const waiting = queue({ base: BASE, onChange: stands, onCancel: end });
const after = over({ base: BASE, onAgain: ask, onReopen: reopen, say: toast });
const writing = composer({
  onText: speak,
  onFile(file) {
    if (!chat?.id) return;
    letters.add("", chat.id, file);
    said.toEnd();
  },
  onTyping() {
    if (Date.now() - lastTyping < 2000) return;
    lastTyping = Date.now();
    socket?.send({ type: "typing" });
  },
});

const greeting = element("div", { className: "b-greeting", children: [
  boot.words.greeting ? element("p", { className: "b-text", text: boot.words.greeting }) : null,
  element("div", { className: "b-chips", children: boot.words.quick_questions.map((text) =>
    button(text, () => speak(text), { className: "b-chip" })) }),
] });

async function speak(text) {
  if (!chat || chat.status === "ended") await ask();
  if (!chat || chat.status === "ended") return;
  letters.add(text, chat.id);
  said.toEnd();
}

async function recall(message) {
  try {
    said.add([await post(pathOf(chat.id, "messages", message.id, "recall"))]);
  } catch (error) {
    toast(error.message, error.retryAfter);
  }
}

// --- Which chat, and how it stands ---

async function ask() {
  try {
    const standing = await post(`${BASE}/assign`);
    await open(standing.chat_id);
    stands(standing);
  } catch (error) {
    under(error.message);
    toast(error.message, error.retryAfter);
  }
}

async function reopen() {
  try {
    await post(pathOf(chat.id, "reopen"));
    await open(chat.id);
  } catch (error) {
    toast(error.message, error.retryAfter);
  }
}

async function end() {
  try {
    became(await post(pathOf(chat.id, "end")));
  } catch (error) {
    toast(error.message, error.retryAfter);
  }
}

async function open(chatId) {
  const before = chat?.id;
  const shown = await call(pathOf(chatId));
  const got = await call(`${pathOf(chatId, "messages")}?${query({ limit: 50 })}`);
  if (before !== chatId) readUpTo = deliveredUpTo = 0;
  chat = shown;
  said.add(got.list);
  letters.moveTo(chatId);
  became(shown);
  said.toEnd();
  if (before !== chatId || !socket) follow(chatId);
}

function became(shown) {
  chat = shown;
  const hasEnded = chat.status === "ended";
  byId("t-end").hidden = hasEnded;
  writing.isShown = !hasEnded;
  if (hasEnded) after.show(chat); else after.hide();
  if (chat.status === "queued") waiting.show(); else waiting.hide();
  if (chat.status !== "queued") unattended = "";
  name();
  said.draw();
  acknowledge();
}

function stands(standing) {
  unattended = standing.status === "unattended" ? standing.text : "";
  waiting.tell(standing);
  name();
  if (chat && standing.status === "assigned" && chat.status !== "active") lookAgain();
  if (chat && standing.status === "none" && chat.status !== "ended") lookAgain();
}

function under(text) { byId("t-under").textContent = text; }

function name() {
  const agent = chat?.agent?.name;
  byId("t-title").textContent = chat?.status === "active" && agent ? agent : boot.words.title;
  if (Date.now() < typingUntil) under("对方正在输入…");
  else if (!chat) under("");
  else if (chat.status === "active") under("正在为您服务");
  else if (chat.status === "ended") under("会话已结束");
  else under(unattended ? "请留言" : "正在排队，请稍候");
}

// --- News ---

const heard = {
  hello: () => { catchUp(); letters.flush(); },
  reload: () => lookAgain(),
  "chat.message": ({ message }) => take([message]),
  "message.recalled": ({ message }) => take([message]),
  "message.status": ({ messages }) => said.marks(messages),
  "chat.assigned": ({ chat: shown }) => became(shown),
  "chat.updated": ({ chat: shown }) => became(shown),
  "chat.ended": ({ chat: shown }) => became(shown),
  typing() {
    typingUntil = Date.now() + 4000;
    name();
    setTimeout(name, 4100);
  },
};

function take(messages) {
  const mine = messages.filter((one) => one.chat_id === chat?.id);
  for (const one of mine) if (one.sender === "customer" && one.client_id) letters.arrived(one.client_id);
  if (mine.some((one) => one.sender === "agent")) typingUntil = 0;
  said.add(mine);
  name();
  acknowledge();
}

function follow(chatId) {
  socket?.close();
  socket = line(`/ws/chat/${chatId}`, {
    onFrame: (frame) => heard[frame.type]?.(frame),
    onRefused: lookAgain,
  });
}

// What a socket could not tell: after a break, and by polling where there is none.
async function catchUp() {
  if (!chat) return;
  const { id } = chat;
  try {
    let more = 1;
    while (more) {
      const got = await call(`${pathOf(id, "messages")}?${query({ after: said.lastOf(id), limit: 100 })}`);
      if (chat.id !== id) return;
      take(got.list);
      more = got.list.length === 100;
    }
  } catch {
    // The next look will tell.
  }
}

async function lookAgain() {
  if (!chat) return;
  const { id } = chat;
  try {
    const shown = await call(pathOf(id));
    const got = await call(`${pathOf(id, "messages")}?${query({ limit: 50 })}`);
    if (chat.id !== id) return;
    took(got.list, shown);
  } catch (error) {
    if (error.status === 401 || error.status === 404) location.reload();
  }
}

function took(messages, shown) {
  take(messages);
  became(shown);
}

setInterval(() => { if (socket && !socket.isOpen() && navigator.onLine && !document.hidden) lookAgain(); }, POLL);

function acknowledge() {
  if (!chat) return;
  const upTo = said.lastOfOthers(chat.id);
  if (!document.hidden && upTo > readUpTo) {
    readUpTo = deliveredUpTo = upTo;
    if (!socket?.send({ type: "message.read", up_to: upTo })) {
      post(pathOf(chat.id, "read"), { up_to: upTo }).catch(() => { readUpTo = 0; });
    }
  } else if (upTo > deliveredUpTo) {
    if (socket?.send({ type: "message.delivered", up_to: upTo })) deliveredUpTo = upTo;
  }
}

document.addEventListener("visibilitychange", acknowledge);
for (const event of ["online", "offline"]) {
  addEventListener(event, () => {
    byId("t-offline").hidden = navigator.onLine;
    said.draw();
  });
}
byId("t-offline").hidden = navigator.onLine;
byId("t-end").addEventListener("click", () => { menus.close(); end(); });

async function begin() {
  try {
    const newest = await past.begin();
    if (newest) await open(newest.id); else await ask();
    past.shown();
  } catch (error) {
    if (error.status === 401) { location.reload(); return; }
    under(error.message);
    setTimeout(begin, 3000);
  }
}

begin();
