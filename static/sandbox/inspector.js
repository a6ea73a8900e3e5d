// What the platform received, newest first, and the switch that makes it misbehave.

import { clearOutbox, fetchFaults, fetchOutbox, orderFault } from "./api.js";
import { byId, clockTime, element } from "./dom.js";

const NAMES = { GROUP_BOT: "群机器人", WORK_WECHAT: "应用消息", AI: "智能机器人" };
const MODES = { http_500: "返回 HTTP 500", rate_limited: "返回 45009 限流", timeout: "超时不答", errcode: "返回错误码" };
const KEPT = 100;

let since = 0;
const list = byId("outbox");

export function setUpInspector() {
  byId("outbox-clear").addEventListener("click", async () => {
    await clearOutbox();
    list.replaceChildren();
    showEmpty();
  });
  byId("fault-form").addEventListener("submit", async (event) => {
    event.preventDefault();
    const form = new FormData(event.target);
    showFaults(await orderFault({ channel: form.get("channel"), mode: form.get("mode") }));
  });
  fetchFaults().then(showFaults, () => {});
}

export async function refreshInspector() {
  const { list: rows } = await fetchOutbox(since);
  for (const row of rows) {
    if (row.id <= since) continue;
    list.prepend(line(row));
    since = row.id;
  }
  while (list.children.length > KEPT) list.lastElementChild.remove();
  showEmpty();
}

function showEmpty() {
  byId("outbox-empty").hidden = list.children.length > 0;
}

function showFaults({ list: faults }) {
  byId("fault-state").textContent = faults.length
    ? faults.map((fault) => `${NAMES[fault.channel] ?? fault.channel}：${MODES[fault.mode] ?? fault.mode}`).join("；")
    : "各渠道正常";
}

function line(row) {
  return element("li", { children: [element("details", { children: [
    element("summary", { children: [
      element("span", { className: `channel channel-${row.channel}`, text: NAMES[row.channel] ?? row.channel }),
      element("span", { className: "outbox-to", text: row.to }),
      element("time", { text: clockTime(row.received_at), attributes: { datetime: row.received_at } }),
    ] }),
    element("pre", { text: JSON.stringify(row.payload, null, 2), attributes: { tabindex: "0" } }),
  ] })] });
}
