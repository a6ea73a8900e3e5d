// The columns: drawn from the state, one beside the other, or one at a time on a phone.

import { button, byId, element, place } from "../dom.js";
import { states, stateLabel } from "../page.js";
import { drawCard } from "./card.js";
import { columns, inColumn, tickets } from "./state.js";

const board = byId("board");
const tabs = byId("board-tabs");
const parts = new Map();
let shown = null;

// `acts`: onOpen(status), onMore(status), onMenu(ticket), onSelect(id, isSelected), isSelected(id).
export function setUpColumns(acts) {
  for (const state of states) {
    const title = `column-${state.value}`;
    const count = element("span", { className: "column-count", attributes: { "data-count": state.value } });
    const list = element("ol", { className: "column-list", attributes: { "aria-labelledby": title } });
    const empty = element("p", { className: "column-empty", text: "没有工单" });
    const more = button("更早的…", () => acts.onMore(state.value), { className: "column-more quiet" });
    const section = element("section", {
      className: "column",
      attributes: { "data-status": state.value, "aria-labelledby": title },
      children: [
        element("header", {
          className: "column-head",
          children: [
            element("h2", { text: state.label, attributes: { id: title } }),
            count,
            state.is_folded && button("", () => acts.onOpen(state.value), { className: "column-fold quiet" }),
          ],
        }),
        element("p", { className: "column-refusal", text: "不能移到这里", attributes: { "aria-hidden": "true" } }),
        list, empty, more,
      ],
    });
    parts.set(state.value, { section, list, empty, more, count, acts });
    board.append(section);
    tabs.append(tab(state));
  }
  show(states[0].value);
}

function tab(state) {
  return button(state.label, () => show(state.value), {
    className: "board-tab",
    attributes: { role: "tab", "data-tab": state.value },
    children: [element("span", { className: "column-count", attributes: { "data-count": state.value } })],
  });
}

function show(status) {
  shown = status;
  for (const [value, { section }] of parts) section.classList.toggle("column-shown", value === status);
  for (const one of tabs.children) one.setAttribute("aria-selected", String(one.dataset.tab === status));
  const column = columns.get(status);
  if (!column.isOpened) parts.get(status).acts.onOpen(status);
}

export const shownStatus = () => shown;
export const sectionOf = (status) => parts.get(status).section;

export function drawSkeletons() {
  for (const { list, section } of parts.values()) {
    if (section.classList.contains("column-folded")) continue;
    list.replaceChildren(...[0, 1, 2].map(() => element("li", { className: "ticket-skeleton", attributes: { "aria-hidden": "true" } })));
  }
}

export function drawAll() {
  for (const state of states) drawColumn(state.value);
  board.setAttribute("aria-busy", "false");
}

export function drawColumn(status) {
  const part = parts.get(status);
  const column = columns.get(status);
  const state = states.find((one) => one.value === status);
  const shownTickets = column.isOpened ? inColumn(status) : [];
  keepFocus(() => place(part.list, shownTickets.map((ticket) => card(ticket, part.acts))));
  part.section.classList.toggle("column-folded", !column.isOpened);
  part.empty.hidden = !column.isOpened || shownTickets.length > 0;
  part.more.hidden = !column.isOpened || !column.hasMore;
  const fold = part.section.querySelector(".column-fold");
  if (fold) {
    fold.textContent = column.isOpened ? "收起" : "展开";
    fold.setAttribute("aria-expanded", String(column.isOpened));
    fold.setAttribute("aria-label", `${fold.textContent}${state.label}`);
  }
  for (const count of document.querySelectorAll(`[data-count="${status}"]`)) {
    count.textContent = column.total;
    count.setAttribute("aria-label", `${column.total} 张`);
  }
}

const cards = new Map();

// A card is drawn anew only when something on it has changed.
function card(ticket, acts) {
  const isSelected = acts.isSelected(ticket.id);
  const key = JSON.stringify([ticket, isSelected]);
  const known = cards.get(ticket.id);
  if (known?.key === key) return known.node;
  const node = draw(ticket, isSelected, acts);
  cards.set(ticket.id, { key, node });
  return node;
}

function draw(ticket, isSelected, acts) {
  return drawCard(ticket, {
    isSelected,
    onSelect: (isSelected) => acts.onSelect(ticket.id, isSelected),
    onMenu: () => acts.onMenu(tickets.get(ticket.id) ?? ticket),
  });
}

// News must not take the keyboard's place away from who is in the middle of something.
function keepFocus(act) {
  const focused = document.activeElement;
  const id = focused?.closest?.("[data-id]")?.dataset.id;
  const kind = ["ticket-menu", "ticket-name"].find((name) => focused?.classList.contains(name));
  const selector = kind ? `.${kind}` : "input";
  act();
  if (!id || document.contains(focused)) return;
  board.querySelector(`[data-id="${id}"] ${selector}`)?.focus({ preventScroll: true });
}

export function flash(id) {
  const card = board.querySelector(`[data-id="${id}"]`);
  card?.classList.add("ticket-news");
  setTimeout(() => card?.classList.remove("ticket-news"), 1600);
}

export const announce = (ticket, from) => {
  byId("news").textContent = `#${ticket.id} ${ticket.title}：${stateLabel(from)} → ${stateLabel(ticket.status)}`;
};
