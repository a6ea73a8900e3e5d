// From a bar to its failed messages, from a message to its way through the system.

import { call, query } from "../console/api.js";
import { button, element } from "../console/dom.js";
import { channelName, statusName } from "./facts.js";
import { count, dayAndTime, exactTime, masked, milliseconds } from "./words.js";

// All that counts as failed.
const FAILED = ["failed", "uncertain", "expired"];
const SIZE = 20;
const NODES = { queue: "排队", process: "处理", send: "发送", callback: "回执" };
const STATES = { ok: "正常", retry: "待重试" };

const title = element("h2", { attributes: { id: "drill-title", tabindex: "-1" } });
const note = element("p", { className: "drill-note" });
const back = button("← 返回列表", () => showList(), { className: "quiet", attributes: { hidden: true } });
const body = element("div", { className: "drill-body", attributes: { tabindex: "0", role: "region", "aria-labelledby": "drill-title" } });
const dialog = element("dialog", {
  className: "drill",
  attributes: { "aria-labelledby": "drill-title" },
  children: [
    element("header", { className: "drill-head", children: [back, element("div", { className: "drill-words", children: [title, note] }), button("关闭", () => dialog.close(), { className: "quiet" })] }),
    body,
  ],
});
document.body.append(dialog);
dialog.addEventListener("close", () => { asked = null; });
dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });

let asked = null;
let found = { list: [], total: 0, page: 0 };

// `channel` empty: of all; `since` a day, and `words` for it.
export function openFailures({ channel = "", since, words }) {
  asked = { channel, since, words };
  found = { list: [], total: 0, page: 0 };
  if (!dialog.open) dialog.showModal();
  showList();
  more();
}

async function more() {
  const mine = asked;
  say("正在读取…", { isBusy: true });
  try {
    const page = await call(`/api/messages?${query({
      channel: mine.channel, status: FAILED, created_after: `${mine.since}T00:00:00+08:00`, page: found.page + 1, size: SIZE,
    })}`);
    if (asked !== mine) return;
    found = { list: [...found.list, ...page.list], total: page.total, page: page.page };
    showList();
  } catch (error) {
    if (asked === mine) say(error.message, { again: more });
  }
}

function say(words, { again, isBusy = false } = {}) {
  body.querySelector(".drill-say")?.remove();
  body.querySelector(".drill-more")?.remove();
  body.append(element("p", {
    className: isBusy ? "drill-say is-busy" : "drill-say", text: words, attributes: { role: "status" },
    children: [again && button("重试", again)],
  }));
}

function showList() {
  back.hidden = true;
  title.textContent = `${asked.channel ? channelName(asked.channel) : "全部渠道"} · 失败的消息`;
  note.textContent = `${asked.words} 共 ${count(found.total)} 条`;
  body.replaceChildren(element("ul", { className: "failures", children: found.list.map(failure) }));
  if (found.page && !found.list.length) say("没有失败的消息");
  if (found.list.length < found.total) body.append(button(`再看 ${SIZE} 条`, more, { className: "drill-more" }));
  title.focus();
}

function failure(message) {
  const reason = [message.error_code, message.error_detail].filter(Boolean).join(" ") || "没有原因";
  const row = element("button", {
    className: "failure", attributes: { type: "button" }, on: { click: () => showTrace(message) },
    children: [
      element("span", { className: "failure-reason", text: reason }),
      element("span", { className: "failure-facts", text: [
        asked.channel ? "" : channelName(message.channel), masked(message.recipient), message.template ?? "", `尝试 ${message.attempts} 次`,
      ].filter(Boolean).join(" · ") }),
      element("span", { className: `failure-state failure-${message.status}`, text: statusName(message.status) }),
      element("time", { text: dayAndTime(message.finished_at ?? message.created_at), attributes: { datetime: message.finished_at ?? message.created_at } }),
    ],
  });
  return element("li", { children: [row] });
}

async function showTrace(message) {
  const mine = asked;
  back.hidden = false;
  title.textContent = "消息链路";
  note.textContent = `${message.message_id} · ${masked(message.recipient)}`;
  body.replaceChildren();
  say("正在读取…", { isBusy: true });
  title.focus();
  try {
    const trace = await call(`/api/messages/traces/${encodeURIComponent(message.trace_id)}`);
    if (asked !== mine || back.hidden) return;
    body.replaceChildren(way(trace));
  } catch (error) {
    if (asked === mine && !back.hidden) say(error.message, { again: () => showTrace(message) });
  }
}

function way(trace) {
  const longest = Math.max(...trace.nodes.map((node) => node.duration_ms ?? 0), 1);
  const total = trace.total_ms === null ? "还没有结束" : `全程 ${milliseconds(trace.total_ms)}`;
  return element("div", {
    children: [
      element("p", { className: "trace-total", text: `${channelName(trace.channel)} · ${statusName(trace.status)} · ${total}${trace.expired ? " · 链路已过 7 天，由消息记录还原" : ""}` }),
      element("ol", { className: "trace", children: trace.nodes.map((node) => step(node, longest)) }),
      element("p", { className: "trace-id", text: trace.trace_id }),
    ],
  });
}

function step(node, longest) {
  const share = node.duration_ms === null ? 0 : Math.max(1, (100 * node.duration_ms) / longest);
  const track = element("div", { className: "bar-track", attributes: { "aria-hidden": "true" }, children: [element("div", { className: "bar-fill" })] });
  track.firstChild.style.width = `${share}%`;
  return element("li", {
    className: "trace-step", attributes: { "data-state": node.status },
    children: [
      element("strong", { text: NODES[node.node] ?? node.node }),
      element("span", { className: "trace-state", text: STATES[node.status] ?? statusName(node.status) }),
      element("time", { text: exactTime(node.at), attributes: { datetime: node.at } }),
      track,
      element("span", { className: "trace-took", text: node.duration_ms === null ? "—" : milliseconds(node.duration_ms) }),
      node.detail && element("p", { className: "trace-detail", text: node.detail }),
    ],
  });
}
