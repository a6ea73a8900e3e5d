// Bars of chats, those assigned and those lost, and under them how long customers waited. Plain SVG.

import { element } from "../dom.js";
import { lasting, NONE, share } from "./words.js";

const SPACE = "http://www.w3.org/2000/svg";
const HEIGHT = { chats: 170, waits: 80 };
const EDGE = { left: 52, right: 8, top: 12, axis: 22, between: 30 };

function shape(tag, attributes, text) {
  const node = document.createElementNS(SPACE, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  if (text !== undefined) node.textContent = text;
  return node;
}

// A round number not below the highest, so that the axis has round numbers.
function ceiling(value) {
  if (value <= 5) return Math.max(1, Math.ceil(value));
  const size = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 4, 6, 8, 10].map((step) => step * size).find((round) => round >= value);
}

const TIMES = [10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14_400, 28_800, 86_400];
const timeCeiling = (seconds) => TIMES.find((round) => round >= seconds) ?? seconds;

export function drawChart(box, parts) {
  const width = Math.max(box.clientWidth, 280);
  const total = EDGE.top + HEIGHT.chats + EDGE.between + HEIGHT.waits + EDGE.axis;
  const svg = shape("svg", { viewBox: `0 0 ${width} ${total}`, width, height: total, role: "img", "aria-label": summary(parts) });
  const step = (width - EDGE.left - EDGE.right) / parts.length;
  const most = ceiling(Math.max(...parts.map((part) => part.figures.asked)));
  const longest = timeCeiling(Math.max(...parts.map((part) => part.figures.wait.median ?? 0)));
  const chatsBase = EDGE.top + HEIGHT.chats;
  const waitsBase = chatsBase + EDGE.between + HEIGHT.waits;
  grid(svg, width, chatsBase, HEIGHT.chats, [`${most}`, most % 2 ? "" : `${most / 2}`]);
  grid(svg, width, waitsBase, HEIGHT.waits, [lasting(longest), ""]);
  const every = Math.ceil(34 / step);
  parts.forEach((part, place) => {
    const x = EDGE.left + place * step;
    svg.append(column(part, { x, step, most, longest, chatsBase, waitsBase }));
    if (place % every === 0) {
      svg.append(shape("text", { x: x + step / 2, y: total - 6, class: "stats-axis", "text-anchor": "middle" }, part.label.replace(":00", "")));
    }
  });
  box.replaceChildren(legend(), svg);
}

function grid(svg, width, base, height, labels) {
  labels.forEach((label, half) => {
    const y = base - height / (half + 1);
    svg.append(shape("line", { x1: EDGE.left, x2: width - EDGE.right, y1: y, y2: y, class: "stats-grid" }));
    if (label) svg.append(shape("text", { x: EDGE.left - 6, y: y + 4, class: "stats-axis", "text-anchor": "end" }, label));
  });
  svg.append(shape("line", { x1: EDGE.left, x2: width - EDGE.right, y1: base, y2: base, class: "stats-base" }));
}

function column({ label, figures }, { x, step, most, longest, chatsBase, waitsBase }) {
  const group = shape("g", { class: "stats-column" });
  const left = figures.abandoned + figures.unattended;
  const wide = Math.max(Math.min(step * 0.62, 36), 2);
  const at = x + (step - wide) / 2;
  const bar = (base, room, value, name) => {
    const height = Math.max(value * room, value > 0 ? 2 : 0);
    group.append(shape("rect", { x: at, y: base - height, width: wide, height, rx: Math.min(3, wide / 4), class: name }));
    return base - height;
  };
  group.append(shape("title", {}, words(label, figures)));
  group.append(shape("rect", { x, y: 0, width: step, height: waitsBase, class: "stats-hit" }));
  const top = bar(chatsBase, HEIGHT.chats / most, figures.asked - left, "stats-bar-in");
  bar(top, HEIGHT.chats / most, left, "stats-bar-left");
  bar(waitsBase, HEIGHT.waits / longest, figures.wait.median ?? 0, "stats-bar-wait");
  return group;
}

function words(label, figures) {
  const left = figures.abandoned + figures.unattended;
  const wait = figures.wait.median === null ? NONE : lasting(figures.wait.median);
  return `${label}\n发起 ${figures.asked}，放弃 ${left}（${share(figures.abandonment)}）\n等待中位 ${wait}`;
}

function summary(parts) {
  const busiest = parts.reduce((best, part) => (part.figures.asked > best.figures.asked ? part : best), parts[0]);
  return `发起的会话与等待时间；最忙的是 ${busiest.label}，发起 ${busiest.figures.asked}`;
}

const legend = () => element("p", {
  className: "stats-legend",
  children: [["in", "发起"], ["left", "放弃或无人值守"], ["wait", "等待（中位）"]].map(([name, text]) =>
    element("span", { className: `stats-key stats-key-${name}`, text })),
});
