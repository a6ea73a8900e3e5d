// The list of what was said: earlier chats above, unsent words below, kept at its end while it is read there.
import { byId, place } from "../console/dom.js";
import { bubble, separator, unsent } from "./bubbles.js";

const GAP = 5 * 60 * 1000;
const NEAR = 80;

export function talk({ acts, letters, opening }) {
  const log = byId("t-log");
  const list = byId("t-list");
  const messages = new Map();
  const drawn = new Map();

  const ordered = () => [...messages.values()].sort((a, b) => a.chat_id - b.chat_id || a.number - b.number);
  const isAtEnd = () => log.scrollHeight - log.scrollTop - log.clientHeight < NEAR;
  const toEnd = () => {
    log.scrollTop = log.scrollHeight;
    log.dataset.end = "1";
  };

  // A node is made anew only where what it shows has changed.
  function node(name, shown, make) {
    const told = JSON.stringify(shown);
    const known = drawn.get(name);
    if (known?.told === told) return known.node;
    const made = make();
    drawn.set(name, { told, node: made });
    return made;
  }

  function draw({ keepsPlace = false } = {}) {
    const wasAtEnd = log.dataset.end === "1";
    const heightBefore = log.scrollHeight;
    const nodes = [...opening()];
    let before = 0;
    let chat = null;
    for (const message of ordered()) {
      const at = Date.parse(message.created_at);
      if (at - before > GAP || message.chat_id !== chat) {
        nodes.push(node(`time-${message.id}`, message.created_at.slice(0, 16), () => separator(message.created_at)));
      }
      [before, chat] = [at, message.chat_id];
      const shown = [message.status, message.content, message.recalled_at, message.file?.id];
      nodes.push(node(`message-${message.id}`, shown, () => bubble(message, acts)));
    }
    for (const letter of letters()) {
      nodes.push(node(`letter-${letter.client_id}`, [letter.state, navigator.onLine], () => unsent(letter, acts.ofLetter(letter))));
    }
    place(list, nodes);
    if (keepsPlace) log.scrollTop += log.scrollHeight - heightBefore;
    else if (wasAtEnd) toEnd();
  }

  // Pictures grow when they arrive.
  list.addEventListener("load", () => { if (log.dataset.end === "1") toEnd(); }, true);
  log.addEventListener("scroll", () => { log.dataset.end = isAtEnd() ? "1" : "0"; }, { passive: true });
  log.dataset.end = "1";
  new ResizeObserver(() => { if (log.dataset.end === "1") toEnd(); }).observe(log);

  return {
    draw, toEnd,
    add(more, options) {
      for (const one of more) messages.set(one.id, { ...messages.get(one.id), ...one });
      draw(options);
    },
    marks(rows) {
      for (const row of rows) if (messages.has(row.id)) Object.assign(messages.get(row.id), row);
      draw();
    },
    of: (chatId) => ordered().filter((one) => one.chat_id === chatId),
    firstOf: (chatId) => Math.min(Infinity, ...[...messages.values()].filter((one) => one.chat_id === chatId).map((one) => one.number)),
    lastOf: (chatId) => Math.max(0, ...[...messages.values()].filter((one) => one.chat_id === chatId).map((one) => one.number)),
    lastOfOthers: (chatId) => Math.max(0, ...[...messages.values()]
      .filter((one) => one.chat_id === chatId && one.sender !== "customer").map((one) => one.number)),
    isEmpty: () => messages.size === 0,
  };
}

