// What the platform received, newest first.

import { clearOutbox, fetchOutbox } from "./api.js";
import { plainText, summary } from "./bubbles.js";
import { byId, element } from "./dom.js";
import { clockTime } from "./time.js";

export const CHANNELS = { GROUP_BOT: "群机器人", WORK_WECHAT: "应用消息", AI: "智能机器人", SMS: "短信", CONTACT: "客户联系", KF: "微信客服", WECHAT: "公众号", CALLBACK: "回调" };
const KEPT = 100;

let since = 0;
let isFirst = true;
let unseen = 0;
const list = byId("outbox");

export function setUpInspector() {
  byId("outbox-clear").addEventListener("click", async () => {
    await clearOutbox();
    list.replaceChildren();
    showCount();
  });
  for (const button of document.querySelectorAll("[data-filter]")) {
    button.addEventListener("click", () => filter(button.dataset.filter));
  }
  filter("");
}

export async function refreshInspector({ isVisible }) {
  const { list: rows } = await fetchOutbox(since);
  for (const row of rows.filter(({ id }) => id > since)) {
    list.prepend(entry(row));
    since = row.id;
    if (!isFirst) unseen += 1;
  }
  while (list.children.length > KEPT) list.lastElementChild.remove();
  if (isVisible) unseen = 0;
  isFirst = false;
  showCount();
}

function showCount() {
  const badge = byId("tab-unseen");
  badge.hidden = unseen === 0;
  badge.textContent = unseen > 99 ? "99+" : String(unseen);
  const visible = list.querySelector(list.dataset.filter ? `.channel-${list.dataset.filter}` : "li");
  byId("outbox-empty").hidden = visible !== null;
  byId("outbox-clear").disabled = list.children.length === 0;
}

function filter(channel) {
  list.dataset.filter = channel;
  for (const button of document.querySelectorAll("[data-filter]")) {
    button.setAttribute("aria-pressed", String(button.dataset.filter === channel));
  }
  showCount();
}

function entry({ channel, to, payload, received_at: at }) {
  const text = plainText({ kind: payload.msgtype, content: payload });
  return element("li", { className: `entry-${channel}`, children: [element("details", { children: [
    element("summary", { children: [
      element("span", { className: `channel channel-${channel}`, text: CHANNELS[channel] ?? channel }),
      element("span", { className: "outbox-to", text: to, attributes: { title: to } }),
      element("time", { text: clockTime(at), attributes: { datetime: at } }),
      element("span", { className: "outbox-words", text: summary(payload.msgtype, text, 80) }),
    ] }),
    element("pre", { text: JSON.stringify(payload, null, 2), attributes: { tabindex: "0" } }),
  ] })] });
}
