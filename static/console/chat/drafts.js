// What is half written in each chat stays there: over changes of chat, reloads and closed windows.

import { whenQuiet } from "../dom.js";
import { me } from "../page.js";

const key = (chatId) => `chat.draft:${me.id}:${chatId}`;

export const draftOf = (chatId) => localStorage.getItem(key(chatId)) ?? "";
export function keepDraft(chatId, words) {
  if (words) localStorage.setItem(key(chatId), words);
  else localStorage.removeItem(key(chatId));
}
export const keepDraftSoon = whenQuiet(keepDraft, 250);
