// How things stand now, and the span's figures, as cards.

import { byId, element } from "../dom.js";
import { count, lasting, score, share } from "./words.js";

const card = ({ label, value, notes = [], tone = "" }) =>
  element("div", {
    className: tone ? `stats-card stats-${tone}` : "stats-card",
    children: [
      element("p", { className: "stats-label", text: label }),
      element("p", { className: "stats-value", text: value }),
      ...notes.map((text) => element("p", { className: "stats-note", text })),
    ],
  });

export function drawNow(queue) {
  const things = [
    ["排队", count(queue.waiting), queue.waiting > 0],
    ["最长已等", queue.waiting ? lasting(queue.oldest_wait_seconds) : "无人排队", queue.oldest_wait_seconds > 120],
    ["进行中", count(queue.active), false],
    ["在线客服", count(queue.online_agents), queue.online_agents === 0],
    ["还能接", count(queue.free_slots), false],
  ];
  byId("now").replaceChildren(...things.map(([label, value, isOdd]) => element("p", {
    className: isOdd ? "stats-odd" : "",
    children: [element("span", { text: label }), element("strong", { text: value })],
  })));
}

export function drawCards(totals) {
  const left = totals.abandoned + totals.unattended;
  const { rated, average, share: ratedShare, low } = totals.satisfaction;
  byId("cards").replaceChildren(
    card({ label: "发起会话", value: count(totals.asked), notes: [`接入 ${count(totals.assigned)} · 结束 ${count(totals.ended)}`] }),
    card({
      label: "放弃率", value: share(totals.abandonment), tone: totals.abandonment > 0.1 ? "warn" : "",
      notes: [left ? `离开排队 ${totals.abandoned} · 无人值守 ${totals.unattended}` : "没有人放弃"],
    }),
    card({ label: "等待（中位）", value: lasting(totals.wait.median), notes: [`九成在 ${lasting(totals.wait.p90)} 内`, `平均 ${lasting(totals.wait.average)}`] }),
    card({
      label: "首次回复（中位）", value: lasting(totals.first_reply.median), tone: totals.missed ? "warn" : "",
      notes: [`平均 ${lasting(totals.first_reply.average)}`, `超时未应答 ${totals.missed}`],
    }),
    card({ label: "接待时长（中位）", value: lasting(totals.handling.median), notes: [`平均 ${lasting(totals.handling.average)}`] }),
    card({
      label: "满意度", value: score(average), tone: average !== null && average < 4 ? "warn" : "",
      notes: rated ? [`${rated} 次评价（${share(ratedShare)}）`, `低分 ${low}`] : ["还没有评价"],
    }),
    card({ label: "消息", value: count(totals.messages_in + totals.messages_out), notes: [`客户 ${count(totals.messages_in)} · 客服 ${count(totals.messages_out)}`] }),
  );
}
