// The monitor: one frame a second from `/ws/monitor`, each of which tells everything.

import { byId } from "../console/dom.js";
import { keepSocket } from "../console/socket.js";
import { drawCards, setUpCards } from "./cards.js";
import * as charts from "./charts.js";
import { maySeeMessages } from "./facts.js";
import { openFailures } from "./failures.js";
import { setUpLook } from "./look.js";
import { panels } from "./panels.js";
import { paintAll } from "./plot.js";

// A frame is due each second: whoever heard nothing for so long shows figures of the past.
const LATE_AFTER = 5000;
const time = new Intl.DateTimeFormat("zh-CN", { timeZone: "Asia/Shanghai", hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false });

let last = null;
let heardAt = 0;
let seq = 0;
let span = "today";
let trouble = "";

const board = byId("main");
const plots = { trend: charts.trend(), share: charts.share(), rates: charts.rates(failuresOf), pool: charts.pool() };
const drawPanels = panels(failuresOf);
setUpCards(() => failuresOf("", "today"));

function failuresOf(channel, of = span) {
  const days = last.week.trend;
  openFailures(of === "today"
    ? { channel, since: days.at(-1).date, words: "今天" }
    : { channel, since: days[0].date, words: "近 7 天" });
}

function draw() {
  drawCards(last);
  plots.trend.draw(last.week.trend);
  plots.share.draw(last[span].by_channel);
  plots.rates.draw(last[span].by_channel);
  plots.pool.draw(last.realtime.pool);
  drawPanels(last);
  board.removeAttribute("aria-busy");
}

const handlers = {
  statistics(frame) {
    if (frame.seq <= seq) return;
    seq = frame.seq;
    last = frame;
    heardAt = Date.now();
    trouble = "";
    draw();
    showState();
  },
  unavailable(frame) {
    seq = frame.seq;
    trouble = "系统暂时取不到数据";
    showState();
  },
};

function showState() {
  const live = byId("live");
  const isLate = last !== null && Date.now() - heardAt > LATE_AFTER;
  const words = trouble || (isLate ? "数据没有更新" : "");
  const at = last ? `，以下是 ${time.format(new Date(last.at))} 的数据` : "";
  const state = words ? "lost" : last ? "live" : "waiting";
  if (live.dataset.state !== state) {
    live.dataset.state = state;
    live.textContent = { lost: "已断开", live: "实时", waiting: "连接中…" }[state];
  }
  const banner = byId("banner");
  banner.hidden = !words;
  const said = words ? `${words}${at}` : "";
  if (banner.textContent !== said) banner.textContent = said;
  board.classList.toggle("is-stale", Boolean(words) && last !== null);
}

for (const one of document.querySelectorAll("[data-span]")) {
  one.addEventListener("click", () => {
    span = one.dataset.span;
    for (const other of document.querySelectorAll("[data-span]")) other.setAttribute("aria-pressed", String(other === one));
    if (last) draw();
  });
}
byId("rates-hint").textContent = maySeeMessages ? "点柱子看失败的消息" : "";

setUpLook(paintAll);
keepSocket({
  address: () => "/ws/monitor",
  onFrame: (frame) => handlers[frame.type]?.(frame),
  onState(state, words) {
    // Another process may count from another clock.
    seq = 0;
    trouble = words ?? "连接已断开，正在重连";
    showState();
  },
});
setInterval(showState, 1000);
