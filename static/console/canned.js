// Canned replies: a slash at the beginning of a word opens the list, what follows narrows it.

import { available, call, query } from "./api.js";
import { byId, element, whenQuiet } from "./dom.js";
import { complain } from "./frame.js";

const PATH = "/api/canned-replies";
const list = byId("canned");
let words = null;
let fill = null;
let at = 0;

// `written(reply)` resolves with the reply's text, its blanks filled. Call it before other listeners
// of the field's keys: while the list is open, Enter and Escape are its own.
export async function setUpCanned(field, written) {
  words = field;
  fill = written;
  const lookSoon = whenQuiet(look, 150);
  let isThere = false;
  words.addEventListener("input", () => { if (!isThere || asked() === null) close(); else lookSoon(); });
  words.addEventListener("keydown", walk);
  words.addEventListener("blur", () => setTimeout(close, 200));
  isThere = Boolean(await available(`${PATH}?size=1`).catch(() => null));
}

function walk(event) {
  if (list.hidden) return;
  const keys = { ArrowDown: 1, ArrowUp: -1 };
  const isChosen = event.key === "Enter" && !event.ctrlKey && !event.metaKey && list.querySelector("button");
  if (!keys[event.key] && !isChosen && event.key !== "Escape") return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (keys[event.key]) mark(at + keys[event.key]);
  else if (isChosen) list.children[at].click();
  else close();
}

const before = () => words.value.slice(0, words.selectionStart);

// The words after the slash that the cursor stands in, or null when it stands in none.
function asked() {
  const found = /(?:^|\s)\/([^\s/]{0,30})$/u.exec(before());
  return found ? found[1] : null;
}

const close = () => { list.hidden = true; words.removeAttribute("aria-activedescendant"); };

// Opens the list where the cursor is, as if a slash had been typed.
export function openCanned() {
  words.focus();
  words.setRangeText(/\S$/u.test(before()) ? " /" : "/", words.selectionStart, words.selectionEnd, "end");
  words.dispatchEvent(new Event("input", { bubbles: true }));
}

async function look() {
  const sought = asked();
  if (sought === null) return;
  const answer = await call(`${PATH}?${query({ q: sought, size: 8 })}`).catch(() => ({ list: [] }));
  if (asked() !== sought) return;
  const none = element("p", { className: "canned-none", text: "没有这样的话术" });
  list.replaceChildren(...(answer.list.length ? answer.list.map(line) : [none]));
  list.hidden = false;
  mark(0);
}

const line = (reply, index) => element("button", {
  className: "canned-one",
  attributes: { type: "button", role: "option", id: `canned-${index}`, tabindex: "-1" },
  on: { click: () => use(reply), mousedown: (event) => event.preventDefault() },
  children: [
    element("strong", { text: `/${reply.shortcut}` }), ` ${reply.title}`,
    element("span", { className: "choice-hint", text: reply.body }),
  ],
});

function mark(index) {
  const all = [...list.querySelectorAll("button")];
  if (!all.length) return;
  at = (index + all.length) % all.length;
  all.forEach((one, place) => one.setAttribute("aria-selected", String(place === at)));
  all[at].scrollIntoView({ block: "nearest" });
  words.setAttribute("aria-activedescendant", all[at].id);
}

async function use(reply) {
  close();
  try {
    const content = await fill(reply);
    const end = words.selectionStart;
    const start = end - (asked() ?? "").length - 1;
    words.setRangeText(content, Math.max(0, start), end, "end");
    words.dispatchEvent(new Event("input", { bubbles: true }));
    words.focus();
  } catch (error) {
    complain(error);
  }
}
