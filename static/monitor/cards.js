// The four figures of today beside those of the day before.

import { byId, element } from "../console/dom.js";
import { maySeeMessages } from "./facts.js";
import { spark } from "./spark.js";
import { count, hasEnded, milliseconds, NONE, percent, rateOf } from "./words.js";
import { write } from "./keyed.js";

const HISTORY = 120;
const responses = [];
let cards = null;

const card = (name, label, tag = "div") => {
  const parts = {
    value: element("p", { className: "card-value" }),
    change: element("p", { className: "card-change" }),
    note: element("p", { className: "card-note" }),
    line: element("div", { className: "card-line", attributes: { "aria-hidden": "true" } }),
  };
  const attributes = tag === "button" ? { type: "button" } : {};
  const node = element(tag, {
    className: `card card-${name}`, attributes,
    children: [element("p", { className: "card-label", text: label }), parts.value, parts.change, parts.note, parts.line],
  });
  return { node, ...parts };
};

export function setUpCards(onFailed) {
  cards = {
    total: card("total", "今日发送总数"),
    rate: card("rate", "成功率"),
    time: card("time", "平均响应时间"),
    failed: card("failed", "失败数", "div"),
  };
  if (maySeeMessages) {
    const more = element("button", {
      className: "card-more", text: "查看明细", attributes: { type: "button" }, on: { click: onFailed },
    });
    cards.failed.node.append(more);
  }
}

export function drawCards({ today, yesterday, week, realtime }) {
  const box = byId("cards");
  if (!box.contains(cards.total.node)) box.replaceChildren(...Object.values(cards).map((one) => one.node));

  write(cards.total.value, count(today.total));
  write(cards.total.note, `已送出 ${count(today.sent)} · 此刻 ${realtime.qps} 条/秒`);
  beside(cards.total.change, `昨日全天 ${count(yesterday.total)}`);
  spark(cards.total.line, week.trend.map((one) => one.total));

  write(cards.rate.value, hasEnded(today) ? percent(today.success_rate) : NONE);
  write(cards.rate.note, yesterday.total ? `昨日 ${hasEnded(yesterday) ? percent(yesterday.success_rate) : NONE}` : "昨日没有发送");
  change(cards.rate.change, today, yesterday, {
    by: today.success_rate - yesterday.success_rate, least: 0.01, isBetter: (by) => by > 0,
    words: (by) => `${Number(by.toFixed(2))} 个百分点`,
  });
  spark(cards.rate.line, week.trend.map((one) => rateOf(one) ?? 100), 97);

  responses.push(realtime.last_minute.avg_response_ms);
  if (responses.length > HISTORY) responses.shift();
  write(cards.time.value, hasEnded(today) ? milliseconds(today.avg_response_ms) : NONE);
  write(cards.time.note, hasEnded(today) ? `95% 在 ${milliseconds(today.p95_response_ms)} 内` : "今天还没有响应");
  change(cards.time.change, today, yesterday, {
    by: today.avg_response_ms - yesterday.avg_response_ms, least: 1, isBetter: (by) => by < 0, words: milliseconds,
  });
  spark(cards.time.line, responses);

  write(cards.failed.value, count(today.failed));
  write(cards.failed.note, `最近一分钟 ${count(realtime.last_minute.failed)}`);
  beside(cards.failed.change, `昨日全天 ${count(yesterday.failed)}`);
  cards.failed.node.classList.toggle("card-bad", today.failed > 0);
  spark(cards.failed.line, week.trend.map((one) => one.failed));
}

function beside(node, words) {
  node.className = "card-change";
  write(node, words);
}

function change(node, today, yesterday, { by, least, isBetter, words }) {
  if (!hasEnded(today) || !hasEnded(yesterday)) { beside(node, "昨日没有可比的数据"); return; }
  const isSame = Math.abs(by) < least;
  node.className = `card-change ${isSame ? "" : isBetter(by) ? "is-better" : "is-worse"}`;
  write(node, isSame ? "→ 与昨日持平" : `${by > 0 ? "↑" : "↓"} ${words(Math.abs(by))}，较昨日`);
}
