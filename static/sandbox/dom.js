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

// Only addresses of the web become links: `javascript:` and the like stay words.
export function safeUrl(text) {
  try {
    const url = new URL(text);
    return url.protocol === "https:" || url.protocol === "http:" ? url.href : null;
  } catch {
    return null;
  }
}

export function link(text, address) {
  const href = safeUrl(address);
  if (!href) return document.createTextNode(text);
  return element("a", { text, attributes: { href, target: "_blank", rel: "noopener noreferrer" } });
}

// Markdown without its marks, where there is room for one line only.
export const withoutMarks = (text) =>
  text
    .replace(/<font color="\w+">|<\/font>|\*\*|`+/g, "")
    .replace(/<@([^>\s]+)>/g, "@$1")
    .replace(/\[([^\]\n]*)\]\([^)\s]+\)/g, "$1")
    .replace(/^\s*(?:#{1,6}\s|>|-{3,}\s*$)/gm, "");

export const oneLine = (text, length) => {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > length ? `${line.slice(0, length)}…` : line;
};
