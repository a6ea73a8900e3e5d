// What was written and has no answer yet: kept over a reload, sent again under the same name.
import { call, newKey, post } from "../console/api.js";

export function outbox(customerId, { pathOf, onSent, onChange, onRefused }) {
  const name = `chat.outbox.${customerId}`;
  let letters = read();
  let isBusy = false;
  let notBefore = 0;
  let timer = 0;

  function read() {
    try {
      const kept = JSON.parse(localStorage.getItem(name) ?? "[]");
      if (!Array.isArray(kept)) return [];
      return kept.map((one) => ({ ...one, state: one.state === "failed" ? "failed" : "waiting" }));
    } catch {
      return [];
    }
  }

  function keep() {
    try {
      localStorage.setItem(name, JSON.stringify(letters.filter((one) => !one.file)));
    } catch {
      // A private window may refuse: then only this page remembers.
    }
    onChange();
  }

  const without = (letter) => { letters = letters.filter((one) => one !== letter); };

  function transmit({ chat_id: chatId, client_id: clientId, content, file }) {
    if (!file) return post(pathOf(chatId, "messages"), { content, client_id: clientId });
    const form = new FormData();
    form.set("file", file, file.name || "图片.jpg");
    form.set("client_id", clientId);
    return call(pathOf(chatId, "files"), { method: "POST", form });
  }

  // In the order they were written, one after the other.
  async function flush() {
    clearTimeout(timer);
    if (isBusy) return;
    if (notBefore > Date.now()) { timer = setTimeout(flush, notBefore - Date.now()); return; }
    const letter = letters.find((one) => one.state !== "failed");
    if (!letter) return;
    isBusy = true;
    letter.state = "sending";
    onChange();
    try {
      const message = await transmit(letter);
      without(letter);
      onSent(message);
      timer = setTimeout(flush, 0);
    } catch (error) {
      refused(letter, error);
    }
    isBusy = false;
    keep();
  }

  function refused(letter, error) {
    if (error.status === 429) {
      const seconds = error.retryAfter || 5;
      notBefore = Date.now() + seconds * 1000;
      letter.state = "waiting";
      timer = setTimeout(flush, seconds * 1000);
      onRefused(error, letter, seconds);
    } else if (error.status === 0 || error.status >= 502) {
      letter.state = "waiting";
      timer = setTimeout(flush, 3000 + 3000 * Math.random());
    } else {
      letter.state = "failed";
      onRefused(error, letter, 0);
    }
  }

  addEventListener("online", flush);

  return {
    flush,
    add(content, chatId, file = null) {
      letters.push({
        client_id: newKey(), chat_id: chatId, content, file, at: new Date().toISOString(), state: "waiting",
      });
      keep();
      flush();
    },
    of: (chatId) => letters.filter((one) => one.chat_id === chatId),
    again(letter) { letter.state = "waiting"; keep(); flush(); },
    drop(letter) { without(letter); keep(); },
    moveTo(chatId) {
      for (const one of letters) Object.assign(one, { chat_id: chatId, state: "waiting" });
      keep();
      flush();
    },
    // News of it may come before the answer.
    arrived(clientId) {
      const letter = letters.find((one) => one.client_id === clientId);
      if (letter) { without(letter); keep(); }
    },
  };
}
