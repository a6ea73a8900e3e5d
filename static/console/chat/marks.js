// Telling the other side how far their words have come: delivered when they are here, read when the
// page is seen and their end is in sight.

import { post } from "../api.js";
import { isReading } from "./conversation.js";
import { isMine, lastSeenOf, markRead, opened, talkOf } from "./state.js";

const delivered = new Map();
let line = null;
let soon = 0;

export function setUpMarks(given) {
  line = given;
  for (const event of ["focus", "visibilitychange"]) addEventListener(event, readSoon);
  document.addEventListener("visibilitychange", readSoon);
}

export function markDelivered(chat, upTo) {
  if (!isMine(chat) || (delivered.get(chat.id) ?? 0) >= upTo) return;
  if (line.say({ type: "message.delivered", chat_id: chat.id, up_to: upTo })) delivered.set(chat.id, upTo);
}

export function readSoon() {
  clearTimeout(soon);
  soon = setTimeout(readOpened, 250);
}

function readOpened() {
  const chat = opened();
  if (!chat || !isMine(chat) || document.hidden || !document.hasFocus() || !isReading()) return;
  const upTo = lastSeenOf(chat.id);
  if (!talkOf(chat.id).isLoaded || upTo <= chat.agent_read_number && !chat.unread) return;
  markDelivered(chat, upTo);
  if (!line.say({ type: "message.read", chat_id: chat.id, up_to: upTo })) {
    post(`/api/customer-service/chats/${chat.id}/read`, { up_to: upTo }).catch(() => {});
  }
  markRead(chat.id, upTo);
}
