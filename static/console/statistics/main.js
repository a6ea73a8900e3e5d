// The statistics page: which days are asked about stands in the address, so that it can be shared.

import { call, query } from "../api.js";
import { byId, element, option, whenQuiet } from "../dom.js";
import { setUpFrame } from "../frame.js";
import { drawAgents } from "./agents.js";
import { drawCards, drawNow } from "./cards.js";
import { drawChart } from "./chart.js";

const API = "/api/customer-service/statistics";
const AGAIN_EVERY = 15_000;
const day = new Intl.DateTimeFormat("en-CA", { timeZone: "Asia/Shanghai" });
const daysAgo = (days) => day.format(Date.now() - days * 86_400_000);

const range = byId("range");
const entry = byId("entry").querySelector("select");
let by = "by_hour";
let found = null;
let asking = null;

function setUpRange() {
  const asked = new URLSearchParams(location.search);
  range.elements.to.value = asked.get("to") ?? daysAgo(0);
  range.elements.from.value = asked.get("from") ?? daysAgo(6);
  range.elements.to.max = range.elements.from.max = daysAgo(0);
  range.addEventListener("submit", (event) => event.preventDefault());
  range.addEventListener("change", () => { if (range.checkValidity()) look(); });
  entry.addEventListener("change", () => look());
  for (const one of byId("spans").children) {
    one.addEventListener("click", () => {
      range.elements.from.value = daysAgo(Number(one.dataset.days) - 1);
      range.elements.to.value = daysAgo(0);
      look();
    });
  }
  for (const one of byId("by").children) {
    one.addEventListener("click", () => { by = one.dataset.by; drawBars(); });
  }
}

const span = () => ({ from: range.elements.from.value, to: range.elements.to.value });

async function look({ isQuiet = false } = {}) {
  asking?.abort();
  asking = new AbortController();
  const { signal } = asking;
  const days = span();
  if (!isQuiet) {
    history.replaceState(null, "", `?${query(days)}`);
    byId("figures").setAttribute("aria-busy", "true");
    showChoice(days);
  }
  try {
    const [overview, agents] = await Promise.all([
      call(`${API}/overview?${query({ ...days, entry: entry.value })}`, { signal }),
      call(`${API}/agents?${query(days)}`, { signal }),
    ]);
    found = overview;
    drawNow(overview.queue);
    drawCards(overview.totals);
    drawEntries(overview.by_entry);
    drawBars();
    drawAgents(agents.list);
    refuse("");
  } catch (error) {
    if (error.name === "AbortError") return;
    refuse(error.message);
  }
  byId("figures").removeAttribute("aria-busy");
}

function refuse(words) {
  const note = byId("refusal");
  note.replaceChildren(words, ...(words ? [element("button", { text: "重试", attributes: { type: "button" }, on: { click: () => look() } })] : []));
  note.hidden = !words;
}

function showChoice(days) {
  for (const one of byId("spans").children) {
    const isChosen = days.to === daysAgo(0) && days.from === daysAgo(Number(one.dataset.days) - 1);
    one.setAttribute("aria-pressed", String(isChosen));
  }
  for (const link of document.querySelectorAll(".stats-export")) {
    const more = link.dataset.table === "hours" ? { entry: entry.value } : {};
    link.href = `${API}/${link.dataset.table}?${query({ ...days, ...more, as: link.dataset.kind })}`;
  }
}

function drawBars() {
  if (!found) return;
  for (const one of byId("by").children) one.setAttribute("aria-pressed", String(one.dataset.by === by));
  const box = byId("chart");
  if (found.totals.asked) drawChart(box, found[by]);
  else box.replaceChildren(element("p", { className: "stats-empty", text: "这段时间没有会话" }));
}

function drawEntries(parts) {
  const chosen = entry.value;
  entry.replaceChildren(option("", "全部入口"), ...parts.map((part) => option(part.key, part.label, part.key === chosen)));
  byId("entry").hidden = parts.length < 2 && !chosen;
}

// This page asks again now and then; it holds no connection to speak of.
byId("connection").style.visibility = "hidden";
setUpFrame();
setUpRange();
look();
setInterval(() => { if (!document.hidden) look({ isQuiet: true }); }, AGAIN_EVERY);
addEventListener("resize", whenQuiet(drawBars, 150));
