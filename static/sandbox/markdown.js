// WeCom's small markdown, as nodes: headings, quotes, rules, bold, links, code, colours, mentions.

import { element } from "./dom.js";

const COLOURS = new Set(["info", "comment", "warning"]);
const INLINE =
  /\*\*(?<bold>[^*\n]+)\*\*|\[(?<label>[^\]\n]*)\]\((?<url>[^)\s]+)\)|`(?<code>[^`\n]+)`|<font color="(?<colour>\w+)">(?<coloured>[^<]*)<\/font>|<@(?<mention>[^>\s]+)>/g;

function safeUrl(text) {
  try {
    const url = new URL(text);
    return url.protocol === "https:" || url.protocol === "http:" ? url.href : null;
  } catch {
    return null;
  }
}

function inlineNode({ bold, label, url, code, colour, coloured, mention }) {
  if (bold !== undefined) return element("strong", { text: bold });
  if (code !== undefined) return element("code", { text: code });
  if (mention !== undefined) return element("span", { className: "mention", text: `@${mention}` });
  if (colour !== undefined) {
    return element("span", { className: COLOURS.has(colour) ? `font-${colour}` : "", text: coloured });
  }
  const href = safeUrl(url);
  if (!href) return document.createTextNode(label);
  return element("a", { text: label, attributes: { href, target: "_blank", rel: "noopener noreferrer" } });
}

function inline(line) {
  const nodes = [];
  let at = 0;
  for (const match of line.matchAll(INLINE)) {
    nodes.push(document.createTextNode(line.slice(at, match.index)), inlineNode(match.groups));
    at = match.index + match[0].length;
  }
  nodes.push(document.createTextNode(line.slice(at)));
  return nodes;
}

function block(line) {
  const heading = /^(#{1,6})\s+(.*)$/.exec(line);
  if (heading) return element("p", { className: "md-heading", children: inline(heading[2]) });
  if (/^-{3,}$/.test(line.trim())) return element("hr");
  if (line.startsWith(">")) return element("p", { className: "md-quote", children: inline(line.replace(/^>\s?/, "")) });
  return element("p", { children: inline(line) });
}

export function renderMarkdown(source) {
  const lines = source.split("\n").filter((line) => line.trim() !== "");
  return element("div", { className: "markdown", children: lines.map(block) });
}
