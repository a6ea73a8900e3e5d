// The filters: the form, the address and what the board asks for are one and the same.

import { query } from "../api.js";
import { byId, option, whenQuiet } from "../dom.js";
import { me, priorities, slaStates, staff, states } from "../page.js";
import { products } from "./state.js";

const form = byId("filters");
const KNOWN = ["keyword", "assignee", "priority", "product", "sla_state", "overdue", "waiting"];
// What a saved view may ask for beyond the form: the server understands it, the form does not show it.
let others = {};

export function setUpFilters(onChange) {
  fill(form.elements.assignee, staff.map((one) => [one.account, one.name]), "全部");
  fill(form.elements.priority, priorities.map((one) => [one.value, one.label]), "全部");
  fill(form.elements.sla_state, slaStates.map((one) => [one.value, one.label]), "全部");
  setFilters(Object.fromEntries([...new URLSearchParams(location.search).keys()].map((name) => [
    name, new URLSearchParams(location.search).getAll(name),
  ])));
  const changed = () => { showActive(); writeAddress(); onChange(); };
  const changedSoon = whenQuiet(changed, 350);
  form.addEventListener("submit", (event) => { event.preventDefault(); changedSoon.cancel(); changed(); });
  form.addEventListener("input", changedSoon);
  byId("mine").addEventListener("click", () => {
    form.elements.assignee.value = isMine() ? "" : me.account;
    changed();
  });
  byId("filters-clear").addEventListener("click", () => { setFilters({}); changed(); });
  byId("filters-open").addEventListener("click", (event) => {
    const isOpen = form.classList.toggle("filters-shown");
    event.target.setAttribute("aria-expanded", String(isOpen));
  });
  showActive();
}

function fill(select, choices, all) {
  select.replaceChildren(option("", all), ...choices.map(([value, label]) => option(value, label)));
}

const isMine = () => form.elements.assignee.value === me.account;

export function setFilters(filters) {
  others = {};
  form.reset();
  for (const [name, given] of Object.entries(filters)) {
    const value = Array.isArray(given) && given.length === 1 ? given[0] : given;
    const field = form.elements[name];
    if (!KNOWN.includes(name) || Array.isArray(value)) others[name] = value;
    else if (field.type === "checkbox") field.checked = value === true || value === "true";
    else {
      if (field.tagName === "SELECT" && ![...field.options].some((one) => one.value === value)) field.append(option(value, value));
      field.value = value;
    }
  }
  showActive();
}

export function filters() {
  const found = { ...others };
  for (const name of KNOWN) {
    const field = form.elements[name];
    const value = field.type === "checkbox" ? (field.checked ? "true" : "") : field.value.trim();
    if (value) found[name] = value;
  }
  return found;
}

export const isFiltered = () => Object.keys(filters()).length > 0;

export function writeAddress() {
  const asked = query(filters());
  history.replaceState(null, "", asked ? `?${asked}` : location.pathname);
}

function showActive() {
  const number = Object.keys(filters()).length;
  byId("mine").setAttribute("aria-pressed", String(isMine()));
  byId("filters-clear").hidden = number === 0;
  byId("filters-open").textContent = number ? `筛选（${number}）` : "筛选";
}

export function suggestProducts() {
  byId("products").replaceChildren(...products().map((product) => option(product, product)));
}

const within = (list, value) => [list].flat().includes(value);
const contains = (text, words) => String(text ?? "").toLowerCase().includes(words.toLowerCase());
const isOverdue = (ticket) => states.find((one) => one.value === ticket.status).is_open && new Date(ticket.deadline) < new Date();

const TESTS = {
  keyword: (ticket, words) => [ticket.title, ticket.description, ticket.customer.name, ticket.customer.phone, `#${ticket.id}`]
    .some((text) => contains(text, words)),
  assignee: (ticket, account) => ticket.assigned_to === account,
  priority: (ticket, wanted) => within(wanted, ticket.priority),
  status: (ticket, wanted) => within(wanted, ticket.status),
  product: (ticket, product) => ticket.product === product,
  sla_state: (ticket, wanted) => within(wanted, ticket.sla_state),
  customer: (ticket, id) => String(ticket.customer.id) === String(id),
  project: (ticket, id) => String(ticket.project_id) === String(id),
  overdue: (ticket, wanted) => isOverdue(ticket) === (wanted === "true"),
  waiting: (ticket, wanted) => Boolean(ticket.waiting_since) === (wanted === "true"),
};

// Whether a ticket that came by the socket belongs on the board; undefined when only the server knows.
export function matches(ticket) {
  let isSure = true;
  for (const [name, value] of Object.entries(filters())) {
    if (name === "ordering") continue;
    if (!TESTS[name]) isSure = false;
    else if (!TESTS[name](ticket, value)) return false;
  }
  return isSure ? true : undefined;
}
