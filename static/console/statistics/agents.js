// The agents' table: sorted by any of its columns, by mouse and by keyboard.

import { byId, element } from "../dom.js";
import { count, decimal, lasting, NONE, score } from "./words.js";

const STATUS = { online: "在线", busy: "忙碌", offline: "离线" };
const COLUMNS = [
  { key: "name", label: "客服", of: (row) => row.agent.name, node: nameCell },
  { key: "load", label: "当前 / 上限", of: (row) => row.load, show: (row) => (row.limit ? `${row.load} / ${row.limit}` : NONE) },
  { key: "chats", label: "接待", of: (row) => row.figures.assigned, show: (row) => count(row.figures.assigned) },
  { key: "reply", label: "首次回复", of: (row) => row.figures.first_reply.average, show: (row) => lasting(row.figures.first_reply.average) },
  { key: "handling", label: "接待时长", of: (row) => row.figures.handling.average, show: (row) => lasting(row.figures.handling.average) },
  { key: "missed", label: "超时未应答", of: (row) => row.figures.missed, show: (row) => count(row.figures.missed) },
  { key: "messages", label: "消息", of: (row) => row.figures.messages_out, show: (row) => count(row.figures.messages_out) },
  { key: "average", label: "平均同时", of: (row) => row.over_time.average, show: (row) => decimal(row.over_time.average) },
  { key: "peak", label: "最多同时", of: (row) => row.over_time.peak, show: (row) => (row.over_time.peak ? count(row.over_time.peak) : NONE) },
  { key: "hours", label: "在岗", of: (row) => row.over_time.hours, show: (row) => (row.over_time.hours ? `${decimal(row.over_time.hours)} 小时` : NONE) },
  { key: "satisfaction", label: "满意度", of: (row) => row.figures.satisfaction.average, show: satisfaction },
];
let rows = [];
let by = { key: "chats", isDown: true };

function satisfaction({ figures: { satisfaction: found } }) {
  return found.rated ? `${score(found.average)}（${found.rated}）` : NONE;
}

function nameCell(row) {
  return element("th", {
    attributes: { scope: "row" },
    children: [
      element("span", { className: `stats-dot stats-dot-${row.status}`, attributes: { role: "img", "aria-label": STATUS[row.status], title: STATUS[row.status] } }),
      element("span", { text: row.agent.name }),
    ],
  });
}

export function drawAgents(found) {
  rows = found;
  draw();
}

function draw() {
  const box = byId("agents");
  if (!rows.length) {
    box.replaceChildren(element("p", { className: "stats-empty", text: "这段时间没有客服接待会话" }));
    return;
  }
  box.replaceChildren(element("table", {
    children: [
      element("thead", { children: [element("tr", { children: COLUMNS.map(headCell) })] }),
      element("tbody", { children: sorted().map((row) => element("tr", { children: COLUMNS.map((column) => cell(column, row)) })) }),
    ],
  }));
}

function headCell(column) {
  const isMine = column.key === by.key;
  const order = by.isDown ? "descending" : "ascending";
  return element("th", {
    attributes: { scope: "col", "aria-sort": isMine ? order : "none" },
    children: [element("button", {
      text: isMine ? `${column.label} ${by.isDown ? "↓" : "↑"}` : column.label,
      attributes: { type: "button", "data-key": column.key },
      on: { click: () => sortBy(column.key) },
    })],
  });
}

const cell = (column, row) => (column.node ? column.node(row) : element("td", { text: column.show(row), attributes: { "data-label": column.label } }));

function sortBy(key) {
  by = { key, isDown: by.key === key ? !by.isDown : key !== "name" };
  draw();
  byId("agents").querySelector(`[data-key="${key}"]`).focus();
}

// Who has no such figure comes last, whichever way round.
function sorted() {
  const { of } = COLUMNS.find((column) => column.key === by.key);
  return [...rows].sort((one, other) => {
    const [a, b] = [of(one), of(other)];
    if (a === null || b === null) return (a === null) - (b === null);
    const order = typeof a === "string" ? a.localeCompare(b, "zh-CN") : a - b;
    return by.isDown ? -order : order;
  });
}
