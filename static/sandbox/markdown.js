// WeCom's markdown, as nodes: headings, quotes, rules, bold, links, code, colours, mentions;
// of its second version also lists, tables and fenced code.

import { element, link } from "./dom.js";
import { nameOf } from "./people.js";

const COLOURS = new Set(["info", "comment", "warning"]);
const INLINE =
  /`(?<code>[^`\n]+)`|\*\*(?<bold>[^\n]+?)\*\*|\[(?<label>[^\]\n]*)\]\((?<url>(?:[^()\s]|\([^()\s]*\))+)\)|<font color="(?<colour>\w+)">(?<coloured>[^\n]*?)<\/font>|<@(?<mention>[^>\s]+)>/g;
const ITEM = /^\s*(?:[-*+]|(?<number>\d{1,9})[.)])\s+(?<words>.*)$/;
const FENCE = /^\s*```/;
const RULE = /^\s*(?:-{3,}|\*{3,})\s*$/;
const DEPTH = 4;

export const mention = (userid) => element("span", { className: "mention", text: `@${nameOf(userid)}` });

function inlineNode({ code, bold, label, url, colour, coloured, mention: userid }, depth) {
  if (code !== undefined) return element("code", { text: code });
  if (bold !== undefined) return element("strong", { children: inline(bold, depth + 1) });
  if (userid !== undefined) return mention(userid);
  if (colour !== undefined) {
    const className = COLOURS.has(colour) ? `font-${colour}` : "";
    return element("span", { className, children: inline(coloured, depth + 1) });
  }
  return link(label, url);
}

function inline(line, depth = 0) {
  if (depth > DEPTH) return [document.createTextNode(line)];
  const nodes = [];
  let at = 0;
  for (const match of line.matchAll(INLINE)) {
    nodes.push(document.createTextNode(line.slice(at, match.index)), inlineNode(match.groups, depth));
    at = match.index + match[0].length;
  }
  nodes.push(document.createTextNode(line.slice(at)));
  return nodes;
}

// Takes the lines from the front for which `belongs` holds.
function take(lines, belongs) {
  const taken = [];
  while (lines.length && belongs(lines[0])) taken.push(lines.shift());
  return taken;
}

function fenced(lines) {
  lines.shift();
  const code = take(lines, (line) => !FENCE.test(line));
  lines.shift();
  return element("pre", { attributes: { tabindex: "0" }, children: [element("code", { text: code.join("\n") })] });
}

function listed(lines) {
  const ordered = ITEM.exec(lines[0]).groups.number;
  const items = take(lines, (line) => ITEM.test(line));
  return element(ordered ? "ol" : "ul", {
    attributes: ordered ? { start: ordered } : {},
    children: items.map((line) => element("li", { children: inline(ITEM.exec(line).groups.words) })),
  });
}

const isRow = (line) => /^\s*\|.*\|\s*$/.test(line);
const isDivider = (line) => /^\s*\|[\s:|-]+\|\s*$/.test(line);

function tabled(lines) {
  const rows = take(lines, isRow).filter((line) => !isDivider(line));
  const cells = (line, tag) =>
    element("tr", {
      children: line.trim().slice(1, -1).split("|").map((cell) => element(tag, { children: inline(cell.trim()) })),
    });
  const body = rows.map((line, index) => cells(line, index ? "td" : "th"));
  return element("div", { className: "md-table", children: [element("table", { children: body })] });
}

function quoted(lines) {
  const words = take(lines, (line) => line.startsWith(">"));
  return element("blockquote", {
    children: words.map((line) => element("p", { children: inline(line.replace(/^>\s?/, "")) })),
  });
}

function block(lines) {
  const line = lines[0];
  if (FENCE.test(line)) return fenced(lines);
  if (line.startsWith(">")) return quoted(lines);
  if (isRow(line)) return tabled(lines);
  if (ITEM.test(line)) return listed(lines);
  lines.shift();
  if (RULE.test(line)) return element("hr");
  const heading = /^(#{1,6})\s+(.*)$/.exec(line);
  if (heading) {
    return element("p", { className: `md-heading md-heading-${heading[1].length}`, children: inline(heading[2]) });
  }
  return element("p", { children: inline(line) });
}

export function renderMarkdown(source) {
  const lines = source.split(/\r?\n/);
  const blocks = [];
  let gap = false;
  while (lines.length) {
    if (!lines[0].trim()) {
      gap = lines.shift() !== undefined;
      continue;
    }
    const node = block(lines);
    if (gap && blocks.length) node.classList.add("md-gap");
    gap = false;
    blocks.push(node);
  }
  return element("div", { className: "markdown", children: blocks });
}
