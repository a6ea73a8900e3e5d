// The tickets that the board knows, and how many there are beyond. It draws nothing.

import { states } from "../page.js";

export const tickets = new Map();
// For each state: how many in all, whether older ones are to be had, and after which number.
export const columns = new Map(states.map((state) => [
  state.value, { total: 0, hasMore: false, edge: null, isOpened: !state.is_folded },
]));

export const inColumn = (status) => [...tickets.values()]
  .filter((ticket) => ticket.status === status)
  .sort((one, other) => other.id - one.id);

export function replaceAll(answer) {
  tickets.clear();
  for (const column of columns.values()) column.edge = null;
  for (const column of answer.columns) takeColumn(column);
}

export function takeColumn({ status, total, list, has_more: hasMore }) {
  const column = columns.get(status);
  // The socket may have been quicker.
  for (const ticket of list) if (!(tickets.get(ticket.id)?.version > ticket.version)) tickets.set(ticket.id, ticket);
  const edge = list.length ? list[list.length - 1].id : column.edge;
  Object.assign(column, { total, hasMore, edge });
}

export function takeTotals(answer) {
  for (const { status, total } of answer.columns) columns.get(status).total = total;
}

const count = (status, by) => {
  const column = columns.get(status);
  column.total = Math.max(0, column.total + by);
};

// Returns what was known of it before (null when nothing), or undefined when the news are old.
export function put(ticket, { isShown }) {
  const known = tickets.get(ticket.id) ?? null;
  if (known && known.version > ticket.version) return undefined;
  if (!isShown) {
    if (known) drop(ticket.id);
    return known;
  }
  tickets.set(ticket.id, ticket);
  if (known && known.status !== ticket.status) {
    count(known.status, -1);
    count(ticket.status, 1);
  }
  return known;
}

export function drop(id) {
  const known = tickets.get(id);
  if (!known) return null;
  tickets.delete(id);
  count(known.status, -1);
  return known;
}

export const products = () => [...new Set([...tickets.values()].map((ticket) => ticket.product).filter(Boolean))].sort();
