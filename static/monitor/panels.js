// What needs no chart: queues, circuits, slow channels, the service desk.

import { button, byId, element } from "../console/dom.js";
import { fact } from "./charts.js";
import { channelName, maySeeMessages } from "./facts.js";
import { keyed, write } from "./keyed.js";
import { count, lasting, milliseconds, percent, rateOf } from "./words.js";

const QUEUES = { urgent: "紧急", high: "高", normal: "普通", low: "低", scheduled: "定时", dead: "死信" };
const SLOW_MS = 1000;

const gauge = () => element("div", { className: "bar-track", attributes: { "aria-hidden": "true" }, children: [element("div", { className: "bar-fill" })] });
const fill = (row, share) => { row.querySelector(".bar-fill").style.width = `${Math.min(100, Math.max(share * 100, share > 0 ? 2 : 0))}%`; };

function queueRow([name]) {
  const figure = element("strong", { className: "queue-count" });
  return element("li", { className: `queue queue-${name}`, children: [element("span", { text: QUEUES[name] }), gauge(), figure] });
}

function circuitRow(one) {
  return element("li", {
    className: "circuit",
    children: [element("span", { className: "circuit-dot", attributes: { "aria-hidden": "true" } }), element("span", { text: channelName(one.channel) }), element("span", { className: "circuit-state" })],
  });
}

function circuitWords(one) {
  if (one.state === "closed") return "正常";
  const first = one.circuits.find((circuit) => circuit.state === one.state);
  const left = first.open_until ? (new Date(first.open_until) - Date.now()) / 1000 : 0;
  const why = [first.account, first.code].filter(Boolean).join(" · ");
  if (one.state === "half_open") return `试探中${why ? ` · ${why}` : ""}`;
  return `熔断${left > 0 ? `，剩 ${lasting(left)}` : ""}${why ? ` · ${why}` : ""}`;
}

function agentRow() {
  return element("li", {
    className: "agent",
    children: [element("span", { className: "agent-dot" }), element("span", { className: "agent-name" }), gauge(), element("strong", { className: "agent-load" })],
  });
}

const PRESENCE = { online: "在线", busy: "忙碌", offline: "离线" };

// `onChannel` as for the bars: somebody wants a channel's failures.
export function panels(onChannel) {
  const showQueues = keyed(byId("queues"), queueRow);
  const showCircuits = keyed(byId("circuits"), circuitRow);
  const showAgents = keyed(byId("agents"), agentRow);
  const slowBody = element("tbody");
  const showSlow = keyed(slowBody, (one) => slowRow(one, onChannel));
  byId("slow").append(element("table", {
    children: [
      element("caption", { className: "visually-hidden", text: "最近几分钟各渠道的响应时间，最慢的在前" }),
      element("thead", { children: [element("tr", { children: ["渠道", "95% 响应", "平均响应", "成功", "失败", "成功率"].map((text) => element("th", { text, attributes: { scope: "col" } })) })] }),
      slowBody,
    ],
  }), element("p", { className: "nothing", text: "最近几分钟没有发送" }));

  return ({ realtime, circuits, recent, service, tickets }) => {
    const queues = Object.entries(realtime.queues);
    const most = Math.max(...queues.map(([, size]) => size), 1);
    showQueues(queues, ([name]) => name, (row, [name, size]) => {
      write(row.querySelector(".queue-count"), count(size));
      fill(row, size / most);
      row.classList.toggle("is-bad", name === "dead" && size > 0);
    });
    const order = ["open", "half_open", "closed"];
    const sorted = [...circuits].sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state));
    const resting = circuits.filter((one) => one.state !== "closed").length;
    write(byId("circuits-hint"), resting ? `${resting} 个渠道暂停发送` : "全部正常");
    showCircuits(sorted, (one) => one.channel, (row, one) => {
      row.dataset.state = one.state;
      write(row.querySelector(".circuit-state"), circuitWords(one));
    });
    drawPool(realtime);
    write(byId("slow-hint"), `近 ${recent.minutes} 分钟，最慢的在前`);
    byId("slow").toggleAttribute("data-empty", !recent.channels.length);
    showSlow(recent.channels, (one) => one.channel, updateSlow);
    drawService(service, tickets);
    showAgents(service.agents.slice(0, 8), (one) => one.name, updateAgent);
  };
}

function slowRow(one, onChannel) {
  const name = channelName(one.channel);
  const head = maySeeMessages
    ? button(name, () => onChannel(one.channel), { className: "link", attributes: { "aria-label": `${name}：查看失败的消息` } })
    : document.createTextNode(name);
  return element("tr", {
    children: [element("th", { attributes: { scope: "row" }, children: [head] }), ...["p95", "avg", "sent", "failed", "rate"].map((part) => element("td", { className: `slow-${part}` }))],
  });
}

function updateSlow(row, one) {
  const cell = (part, text) => write(row.querySelector(`.slow-${part}`), text);
  cell("p95", milliseconds(one.p95_response_ms));
  cell("avg", milliseconds(one.avg_response_ms));
  cell("sent", count(one.sent));
  cell("failed", count(one.failed));
  cell("rate", percent(rateOf(one) ?? 0));
  row.querySelector(".slow-p95").classList.toggle("is-warn", one.p95_response_ms >= SLOW_MS);
  row.querySelector(".slow-failed").classList.toggle("is-bad", one.failed > 0);
}

function updateAgent(row, one) {
  row.dataset.status = one.status;
  row.querySelector(".agent-dot").title = PRESENCE[one.status];
  write(row.querySelector(".agent-name"), one.name);
  write(row.querySelector(".agent-load"), `${one.load} / ${one.limit}`);
  fill(row, one.limit ? one.load / one.limit : 1);
  row.classList.toggle("is-full", one.load >= one.limit);
}

function drawPool({ pool, qps, workers, in_flight: flying }) {
  draw(byId("pool-facts"), [["核心 / 上限", `${pool.core} / ${pool.max}`], ["每秒", String(qps)], ["调用中", count(flying)], ["进程", count(workers.length)]]);
}

function drawService({ queue, load, capacity }, tickets) {
  draw(byId("service-facts"), [
    ["排队", count(queue.waiting), queue.waiting ? "warn" : ""],
    ["最久等待", queue.waiting ? lasting(queue.oldest_wait_seconds) : "无人排队", queue.oldest_wait_seconds > 120 ? "bad" : ""],
    ["进行中", count(queue.active)],
    ["在线 / 忙碌", `${queue.online_agents} / ${queue.busy_agents}`, queue.online_agents ? "" : "warn"],
    ["负载 / 容量", `${load} / ${capacity}`, capacity && load >= capacity ? "bad" : ""],
    ["未完成工单", count(tickets.open)],
    ["超时", count(tickets.overdue), tickets.overdue ? "bad" : ""],
    ["未分配", count(tickets.unassigned), tickets.unassigned ? "warn" : ""],
  ]);
}

function draw(box, facts) {
  const key = JSON.stringify(facts);
  if (box.dataset.drawn === key) return;
  box.dataset.drawn = key;
  box.replaceChildren(...facts.map((one) => fact(...one)));
}
