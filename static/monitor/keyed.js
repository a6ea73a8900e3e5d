// A list whose rows stay the same nodes while their figures change: what has the focus keeps it.

import { place } from "../console/dom.js";

export function keyed(list, make) {
  const kept = new Map();
  return (items, keyOf, update) => {
    const shown = items.map((item) => {
      const key = keyOf(item);
      if (!kept.has(key)) kept.set(key, make(item));
      const node = kept.get(key);
      update(node, item);
      return node;
    });
    const keys = new Set(items.map(keyOf));
    for (const key of [...kept.keys()]) if (!keys.has(key)) kept.delete(key);
    place(list, shown);
  };
}

// Writes only what differs, so that nothing is selected away or read out again.
export function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}
