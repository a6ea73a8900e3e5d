// The ticket's trail: words and changes in their order, the customer's, colleagues' and the team's own.

import { call, query } from "../api.js";
import { byId, element, place } from "../dom.js";
import { fieldLabel, valueWords } from "../conflict.js";
import { entryLabel, kindLabel, stateLabel } from "../page.js";
import { fullMoment, moment } from "../time.js";
import { filesOf, loadFiles } from "./files.js";
import { path } from "./current.js";

const SIZE = 200;
const events = new Map();
const trail = byId("trail");
let running = null;
let again = false;

export function setUpTrail() {
  byId("trail-new").addEventListener("click", toEnd);
}

const isAtEnd = () => trail.getBoundingClientRect().bottom < innerHeight + 80;

function toEnd() {
  trail.lastElementChild?.scrollIntoView({ block: "nearest", behavior: "smooth" });
  byId("trail-new").hidden = true;
}

// One at a time; who asks meanwhile is served by one more run.
export function loadTrail({ isNews = false } = {}) {
  if (running) { again = true; return running; }
  running = read(isNews).finally(() => {
    running = null;
    if (again) { again = false; loadTrail({ isNews: true }); }
  });
  return running;
}

async function read(isNews) {
  const before = events.size;
  const wasAtEnd = isAtEnd();
  // Sequences run without a gap, so the pages that are known in full need not be read again.
  let page = Math.floor(events.size / SIZE) + 1;
  for (;;) {
    const answer = await call(path(`/events?${query({ page, size: SIZE })}`));
    for (const event of answer.list) events.set(event.sequence, event);
    if (page * SIZE >= answer.total) break;
    page += 1;
  }
  await loadFiles();
  draw();
  if (isNews && events.size > before && !wasAtEnd) byId("trail-new").hidden = false;
}

function draw() {
  const known = new Map([...trail.children].map((node) => [node.dataset.key, node]));
  const wanted = [...events.values()].sort((one, other) => one.sequence - other.sequence);
  place(trail, wanted.map((event) => {
    const key = `${event.sequence}:${filesOf(event).map((file) => file.id).join()}`;
    const node = known.get(key) ?? drawEvent(event);
    node.dataset.key = key;
    return node;
  }));
}

const isWords = (event) => ["reply", "created"].includes(event.kind) && event.content;

function drawEvent(event) {
  const side = event.is_from_customer ? "customer" : event.visibility;
  const files = filesOf(event);
  const head = element("p", {
    className: "event-head",
    children: [
      element("strong", { text: event.actor_name }),
      event.is_from_customer && element("span", { className: "event-tag event-tag-customer", text: "客户" }),
      isWords(event) && !event.is_from_customer && element("span", {
        className: `event-tag event-tag-${event.visibility}`, text: event.visibility === "internal" ? "内部备注" : "客户可见",
      }),
      (!isWords(event) || event.kind === "created") && element("span", { className: "event-kind", text: kindLabel(event.kind) }),
      element("time", {
        text: moment(event.created_at),
        attributes: { datetime: event.created_at, title: `${fullMoment(event.created_at)} · ${entryLabel(event.entry)}` },
      }),
    ],
  });
  return element("li", {
    className: isWords(event) ? `event event-words event-${side}` : "event event-note",
    children: [
      head,
      ...changeLines(event),
      event.content && element("p", { className: "event-text", text: event.content }),
      files.length > 0 && element("ul", { className: "event-files", children: files.map(fileNode) }),
    ],
  });
}

function changeLines(event) {
  const lines = [];
  if (event.kind === "status") lines.push(["status", event.from_value, event.to_value]);
  else if (event.kind === "assigned") lines.push(["负责人", event.from_value || "未分配", event.to_value]);
  else if (event.kind === "progress") lines.push(["进度", event.from_value, event.to_value]);
  for (const [field, pair] of Object.entries(event.changes ?? {})) {
    if (Array.isArray(pair) && pair.length === 2) lines.push([field, ...pair]);
  }
  return lines.map(([field, from, to]) => element("p", {
    className: "event-change",
    children: [
      element("span", { className: "change-field", text: fieldLabel(field) }),
      element("del", { text: shown(field, from) }), " → ", element("ins", { text: shown(field, to) }),
    ],
  }));
}

const shown = (field, value) => {
  if (field === "status" && value) return stateLabel(value);
  const words = valueWords(field, value);
  return words.length > 120 ? `${words.slice(0, 120)}…` : words;
};

function fileNode(file) {
  const isPicture = file.content_type.startsWith("image/");
  return element("li", {
    children: [element("a", {
      className: isPicture ? "file file-picture" : "file",
      attributes: { href: isPicture ? `${file.url}?inline=1` : file.url, target: "_blank", rel: "noopener" },
      children: [
        isPicture && element("img", { attributes: { src: `${file.url}?inline=1`, alt: "", loading: "lazy" } }),
        element("span", { text: `${file.name}（${Math.max(1, Math.round(file.size / 1024))} KB）` }),
      ],
    })],
  });
}

