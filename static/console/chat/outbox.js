// What was written and is not yet taken by the server. Every word has a name of its own, under which
// it may be sent as often as need be: by the socket, by the API, after a reload. It arrives once.

import { call, newKey, post } from "../api.js";
import { me } from "../page.js";
import { changed, hear, lastSeenOf } from "./state.js";

const KEPT = `chat.outbox:${me.id}`;
const ANSWER_WITHIN = 6000;
const AGAIN_AFTER = 4000;
let entries = read();
let line = null;
let onStale = () => {};
let retry = 0;

export function setUpOutbox(given) {
  line = given.line;
  onStale = given.onStale;
  flush();
}

function read() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEPT) ?? "[]");
    return Array.isArray(kept) ? kept.map((entry) => ({ ...entry, state: entry.state === "failed" ? "failed" : "waiting" })) : [];
  } catch {
    return [];
  }
}

// Files are too large to keep beyond the page.
function keep() {
  localStorage.setItem(KEPT, JSON.stringify(entries.filter((entry) => !entry.file)));
  changed();
}

export const waitingIn = (chatId) => entries.filter((entry) => entry.chatId === chatId);

export function send({ chatId, content = "", type = "text", data = {}, file = null, lastSeen = lastSeenOf(chatId) }) {
  const entry = {
    clientId: newKey(), chatId, content, type, data, file, lastSeen,
    at: new Date().toISOString(), state: "waiting", error: "",
  };
  if (file?.type.startsWith("image/")) entry.preview = URL.createObjectURL(file);
  entries.push(entry);
  keep();
  deliver(entry);
}

export function again(entry) {
  entry.state = "waiting";
  entry.error = "";
  keep();
  deliver(entry);
}

export function drop(entry) {
  if (entry.preview) URL.revokeObjectURL(entry.preview);
  entries = entries.filter((one) => one !== entry);
  keep();
}

// In the order in which they were written, one after the other in each chat.
export function flush() {
  clearTimeout(retry);
  for (const chatId of new Set(entries.map((entry) => entry.chatId))) next(chatId);
}

function next(chatId) {
  const first = entries.find((entry) => entry.chatId === chatId && entry.state !== "failed");
  if (first?.state === "waiting") deliver(first);
}

function deliver(entry) {
  const before = entries.find((one) => one.chatId === entry.chatId && one.state !== "failed");
  if (before !== entry || !line) return;
  entry.state = "sending";
  changed();
  if (entry.file || !bySocket(entry)) byApi(entry);
}

function bySocket(entry) {
  const isSaid = line.say({
    type: "message.send", chat_id: entry.chatId, client_id: entry.clientId, content: entry.content,
    msg_type: entry.type, data: entry.data, last_seen: entry.lastSeen,
  });
  if (isSaid) setTimeout(() => { if (entries.includes(entry) && entry.state === "sending") byApi(entry); }, ANSWER_WITHIN);
  return isSaid;
}

async function byApi(entry) {
  try {
    accepted(entry.clientId, await (entry.file ? upload(entry) : words(entry)));
  } catch (error) {
    refused(entry.clientId, error.status, error.errors ?? [], error.body?.missed, error.message);
  }
}

const words = (entry) => post(`/api/customer-service/chats/${entry.chatId}/messages`, {
  content: entry.content, type: entry.type, data: entry.data, client_id: entry.clientId, last_seen: entry.lastSeen,
}, { once: entry.clientId });

function upload(entry) {
  const form = new FormData();
  form.append("file", entry.file);
  form.append("client_id", entry.clientId);
  return call(`/api/customer-service/chats/${entry.chatId}/files`, { method: "POST", form, once: entry.clientId });
}

export function accepted(clientId, message) {
  const entry = entries.find((one) => one.clientId === clientId);
  if (message) hear(message.chat_id, message);
  if (!entry) return;
  drop(entry);
  next(entry.chatId);
}

export function refused(clientId, status, errors, missed, words) {
  const entry = entries.find((one) => one.clientId === clientId);
  if (!entry) return;
  if (!status || status === 429 || status >= 500) {
    entry.state = "waiting";
    clearTimeout(retry);
    retry = setTimeout(flush, AGAIN_AFTER);
  } else if (errors[0]?.code === "stale_reply") {
    drop(entry);
    onStale(entry, missed ?? [], errors[0].detail);
  } else {
    entry.state = "failed";
    entry.error = words ?? errors.map((error) => error.detail).join("；");
  }
  keep();
  if (entry.state === "failed") next(entry.chatId);
}
