// The chats this page knows, and what was said in them. Later versions win, whoever brings them.

import { me } from "../page.js";

export const chats = new Map();
const talks = new Map();
const listeners = new Set();
let openId = null;
let telling = 0;

// Hears of every change, once a frame however many there were.
export const onChange = (listener) => listeners.add(listener);
export function changed() {
  if (telling) return;
  telling = setTimeout(() => { telling = 0; for (const listener of listeners) listener(); }, 16);
}

export const opened = () => chats.get(openId);
export const openedId = () => openId;
export function setOpened(id) { openId = id; changed(); }

export const isOpen = (chat) => chat.status !== "ended";
export const isMine = (chat) => chat?.status === "active" && chat.agent?.id === me.id;
export const isMineEver = (chat) => chat?.agent?.id === me.id;

export function take(chat) {
  const known = chats.get(chat.id);
  if (known && known.version > chat.version) return known;
  // Frames are written without the preview that lists have.
  const kept = { ...known, ...chat, last_message: chat.last_message ?? known?.last_message ?? null };
  chats.set(chat.id, kept);
  changed();
  return kept;
}

export function forget(id) {
  chats.delete(id);
  changed();
}

export function talkOf(id) {
  if (!talks.has(id)) talks.set(id, { messages: new Map(), isLoaded: false, hasEarlier: false });
  return talks.get(id);
}

export const messagesOf = (id) => [...talkOf(id).messages.values()].sort((one, other) => one.number - other.number);
export const lastSeenOf = (id) => Math.max(0, ...talkOf(id).messages.keys());
export const messageWith = (chatId, id) => messagesOf(chatId).find((one) => one.id === id);

export function takeMessages(chatId, list) {
  const { messages } = talkOf(chatId);
  for (const message of list) {
    const known = messages.get(message.number);
    messages.set(message.number, known ? later(known, message) : message);
  }
  changed();
}

const RANK = ["held", "sending", "failed", "sent", "delivered", "read"];
const rank = (message) => RANK.indexOf(message.status);
// What was read does not become unread by an answer that was under way; what failed may go again.
function later(known, now) {
  if (known.recalled_at && !now.recalled_at) return known;
  return known.status === "failed" || rank(now) >= rank(known) ? { ...known, ...now } : { ...known, ...now, status: known.status, read_at: known.read_at };
}

export function takeStatuses(chatId, list) {
  const { messages } = talkOf(chatId);
  for (const told of list) {
    const known = messages.get(told.number);
    if (known) messages.set(told.number, later(known, told));
  }
  changed();
}

// A word that was just said, and what it does to its chat until the server says more.
export function hear(chatId, message) {
  takeMessages(chatId, [message]);
  const chat = chats.get(chatId);
  // A state that came first may know of the message already.
  if (!chat || message.number <= chat.last_number) return;
  chat.last_number = message.number;
  if (message.visibility !== "public") return;
  chat.last_message = { number: message.number, sender: message.sender, sender_name: message.sender_name, type: message.type, text: message.content.slice(0, 80) };
  chat.last_message_at = message.created_at;
  if (message.sender === "customer") {
    chat.waiting_since ??= message.created_at;
    if (message.number > chat.agent_read_number) chat.unread += 1;
  } else if (message.sender === "agent") {
    chat.waiting_since = chat.reply_due_at = null;
  }
}

// Frames tell of chats without their last word: it may have come with the conversation since.
export function lastMessageOf(chat) {
  const { messages } = talkOf(chat.id);
  const listed = messages.get(chat.last_message?.number)?.recalled_at ? null : chat.last_message;
  const known = messagesOf(chat.id).findLast((one) => one.visibility === "public" && !one.recalled_at);
  return known && known.number > (listed?.number ?? 0) ? { ...known, text: known.content.slice(0, 80) } : listed;
}

export function markRead(chatId, upTo) {
  const chat = chats.get(chatId);
  if (!chat) return;
  chat.agent_read_number = Math.max(chat.agent_read_number, upTo);
  chat.unread = 0;
  changed();
}

export const myChats = () => [...chats.values()].filter(isMine).sort(byLast);
export const byLast = (one, other) => String(other.last_message_at ?? other.queued_at).localeCompare(String(one.last_message_at ?? one.queued_at));
export const unreadOf = () => myChats().reduce((sum, chat) => sum + (chat.unread || 0), 0);
