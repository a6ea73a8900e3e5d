// The search over everything: groups of finds under the box, by mouse and by keyboard.

import { query } from "./api.js";
import { byId, element, whenQuiet } from "./dom.js";
import { stateLabel } from "./page.js";

const ADDRESS = {
  tickets: (id) => `/console/tickets/${encodeURIComponent(id)}`,
  chats: (id) => `/console/#${encodeURIComponent(id)}`,
  customers: (id) => `/admin/customers/customer/${encodeURIComponent(id)}/change/`,
};

export function setUpSearch(call) {
  const form = byId("search");
  const words = byId("search-words");
  const found = byId("search-found");
  let asking = null;

  const close = () => { found.hidden = true; words.setAttribute("aria-expanded", "false"); };
  const open = () => { found.hidden = false; words.setAttribute("aria-expanded", "true"); };

  async function ask() {
    asking?.abort();
    const sought = words.value.trim();
    if (!sought) { close(); return; }
    asking = new AbortController();
    try {
      const answer = await call(`/api/search?${query({ q: sought })}`, { signal: asking.signal });
      draw(answer.groups ?? [], found);
      open();
    } catch (error) {
      if (error.name === "AbortError") return;
      found.replaceChildren(element("p", { className: "search-none", text: error.message }));
      open();
    }
  }

  const askSoon = whenQuiet(ask, 250);
  words.addEventListener("input", askSoon);
  words.addEventListener("focus", () => { if (words.value.trim() && found.childElementCount) open(); });
  form.addEventListener("submit", (event) => { event.preventDefault(); askSoon.cancel(); ask(); });
  form.addEventListener("keydown", (event) => walk(event, form, close));
  document.addEventListener("pointerdown", (event) => { if (!form.contains(event.target)) close(); });
  form.hidden = false;
}

function walk(event, form, close) {
  if (event.key === "Escape") { close(); byId("search-words").focus(); return; }
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  const stops = [byId("search-words"), ...form.querySelectorAll("a")];
  const at = stops.indexOf(document.activeElement);
  stops[(at + (event.key === "ArrowDown" ? 1 : -1) + stops.length) % stops.length].focus();
  event.preventDefault();
}

function draw(groups, box) {
  const filled = groups.filter((group) => group.list.length);
  if (!filled.length) {
    box.replaceChildren(element("p", { className: "search-none", text: "没有找到" }));
    return;
  }
  box.replaceChildren(...filled.map((group) => element("section", {
    attributes: { "aria-label": group.label },
    children: [
      element("h3", { text: group.has_more ? `${group.label}（只显示最新的）` : group.label }),
      ...group.list.map((hit) => line(group.kind, hit)),
    ],
  })));
}

function line(kind, hit) {
  const address = ADDRESS[kind]?.(hit.id);
  return element(address ? "a" : "div", {
    className: "search-hit",
    attributes: { role: "option", ...(address ? { href: address } : {}) },
    children: [
      element("span", { className: "search-title", text: kind === "tickets" ? `#${hit.id} ${hit.title}` : hit.title }),
      hit.status && element("span", { className: `badge badge-${hit.status}`, text: stateLabel(hit.status) }),
      marked(hit.snippet),
    ],
  });
}

// The words stand at [start, end) of the text, counted in characters, not in UTF-16.
function marked(snippet) {
  const letters = Array.from(snippet?.text ?? "");
  const node = element("span", { className: "search-snippet" });
  let at = 0;
  for (const [start, end] of snippet?.marks ?? []) {
    node.append(letters.slice(at, start).join(""), element("mark", { text: letters.slice(start, end).join("") }));
    at = end;
  }
  node.append(letters.slice(at).join(""));
  return node;
}
