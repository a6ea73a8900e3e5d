// Building nodes. Text always becomes a text node, so nothing that people write can act.

export function element(tag, { className, text, attributes = {}, children = [], on = {} } = {}) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text !== undefined && text !== null) node.textContent = text;
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) node.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, value);
  }
  for (const [event, handler] of Object.entries(on)) node.addEventListener(event, handler);
  node.append(...children.filter(Boolean));
  return node;
}

export const byId = (id) => document.getElementById(id);

export const button = (text, onClick, options = {}) =>
  element("button", {
    text, ...options,
    attributes: { type: "button", ...options.attributes },
    on: { click: onClick, ...options.on },
  });

export function option(value, label, isSelected = false) {
  const node = element("option", { text: label, attributes: { value } });
  node.selected = isSelected;
  return node;
}

// Runs `act` once things have been quiet for a while; `cancel` forgets it.
export function whenQuiet(act, milliseconds) {
  let timer;
  const run = (...given) => {
    clearTimeout(timer);
    timer = setTimeout(() => act(...given), milliseconds);
  };
  run.cancel = () => clearTimeout(timer);
  return run;
}

// Makes `nodes` the list's children, and moves none that already stands where it should: what is
// being clicked, dragged or typed into is left alone.
export function place(list, nodes) {
  const wanted = new Set(nodes);
  for (const child of [...list.children]) if (!wanted.has(child)) child.remove();
  nodes.forEach((node, index) => {
    if (list.children[index] !== node) list.insertBefore(node, list.children[index] ?? null);
  });
}

export const oneLine = (text, length) => {
  const line = String(text ?? "").replace(/\s+/g, " ").trim();
  return line.length > length ? `${line.slice(0, length)}…` : line;
};
