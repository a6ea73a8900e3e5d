// Dragging a card: where it may not go is shown before it is dropped.

import { byId } from "../dom.js";
import { mayMove, stateOf, states } from "../page.js";
import { sectionOf } from "./columns.js";
import { tickets } from "./state.js";

let dragged = null;

const accepts = (status) => dragged && dragged.status !== status && mayMove(dragged.status, status);

export function setUpDragging(onDrop) {
  const board = byId("board");
  board.addEventListener("dragstart", (event) => {
    const card = event.target.closest?.("[data-id]");
    dragged = card ? tickets.get(Number(card.dataset.id)) ?? null : null;
    if (!dragged) return;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", `#${dragged.id}`);
    card.classList.add("ticket-dragged");
    // A card that changes while it is being picked up is dropped at once by some browsers.
    setTimeout(mark);
  });
  board.addEventListener("dragend", clear);
  for (const { value } of states) hear(sectionOf(value), value, onDrop);
}

function hear(section, status, onDrop) {
  section.addEventListener("dragover", (event) => {
    if (!dragged) return;
    if (!accepts(status)) { event.dataTransfer.dropEffect = "none"; return; }
    event.preventDefault();
    event.dataTransfer.dropEffect = "move";
    section.classList.add("column-over");
  });
  section.addEventListener("dragleave", (event) => {
    if (!section.contains(event.relatedTarget)) section.classList.remove("column-over");
  });
  section.addEventListener("drop", (event) => {
    event.preventDefault();
    const ticket = dragged;
    const isWelcome = accepts(status);
    clear();
    if (ticket && isWelcome) onDrop(tickets.get(ticket.id) ?? ticket, status);
  });
}

function mark() {
  if (!dragged) return;
  for (const { value } of states) {
    const section = sectionOf(value);
    section.classList.toggle("column-accepts", accepts(value));
    section.classList.toggle("column-refuses", value !== dragged.status && !accepts(value));
    const needsOne = stateOf(value).needs_assignee && !dragged.assigned_to;
    section.querySelector(".column-refusal").textContent = accepts(value)
      ? needsOne ? "放下后选择负责人" : "移到这里"
      : "不能移到这里";
  }
  document.body.classList.add("is-dragging");
}

function clear() {
  dragged = null;
  document.body.classList.remove("is-dragging");
  for (const { value } of states) sectionOf(value).classList.remove("column-accepts", "column-refuses", "column-over");
  for (const card of document.querySelectorAll(".ticket-dragged")) card.classList.remove("ticket-dragged");
}
