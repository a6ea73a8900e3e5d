// Building nodes. Text always becomes a text node, so nothing that people write can act.

export function element(tag, { className, text, attributes = {}, children = [], on = {} } = {}) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text !== undefined) node.textContent = text;
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  for (const [event, handler] of Object.entries(on)) node.addEventListener(event, handler);
  node.append(...children);
  return node;
}

export const byId = (id) => document.getElementById(id);

// The platform's own clock, wherever the browser stands.
export const clockTime = (iso) => iso.slice(11, 19);
