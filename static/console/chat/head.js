// Above the conversation: whose it is, where they write from, and what may be done with the chat.

import { button, byId, element } from "../dom.js";
import { me } from "../page.js";
import * as acts from "./acts.js";
import { isSupervisor } from "./facts.js";
import { handOnButton, lookAtKf, standingOf, stateSign } from "./kf.js";
import { face, waitOf } from "./row.js";
import { isMine, opened } from "./state.js";

const STATES = { queued: "排队中", active: "进行中", ended: "已结束" };
const box = byId("head-acts");
let drawn = "";

setInterval(drawWait, 1000);

export function draw() {
  const chat = opened();
  if (!chat) return;
  lookAtKf(chat);
  const key = JSON.stringify([chat.id, chat.version, chat.status, chat.agent?.id, chat.ticket_id, chat.customer.name, chat.rating, standingOf(chat)]);
  drawWait();
  if (key === drawn) return;
  drawn = key;
  byId("head-who").replaceChildren(
    face(chat.customer),
    element("div", {
      children: [
        element("h1", { text: chat.customer.name, attributes: { id: "chat-title" } }),
        element("p", { children: [
          element("span", { className: `state state-${chat.status}`, text: STATES[chat.status] }),
          element("span", { text: chat.entry_label }),
          element("span", { text: served(chat) }),
          stateSign(chat),
          chat.rating && element("span", { className: "stars", text: `评价 ${"★".repeat(chat.rating.score)}` }),
        ] }),
      ],
    }),
  );
  box.replaceChildren(...offered(chat).filter(Boolean));
}

function served(chat) {
  if (chat.agent?.id === me.id) return "由我接待";
  if (chat.agent) return `由 ${chat.agent.name} 接待`;
  return chat.group ? `等待 ${chat.group.name}` : "";
}

function drawWait() {
  const chat = opened();
  const wait = chat && waitOf(chat);
  const sign = byId("head-wait");
  sign.hidden = !wait;
  if (!wait) return;
  sign.textContent = `客户已等 ${wait.words}`;
  sign.className = `wait wait-${wait.tone}`;
}

function offered(chat) {
  const mine = isMine(chat);
  const watched = isSupervisor && !mine && chat.status === "active";
  return [
    watched && button("悄悄话", acts.whisper),
    watched && button("接管", acts.takeOver, { className: "danger" }),
    isSupervisor && chat.status === "queued" && button("分配…", acts.give),
    mine && button("转接", acts.transfer, { attributes: { title: "转给同事或客服组（Alt+T）" } }),
    handOnButton(chat),
    chat.ticket_id
      ? element("a", { className: "as-button", text: `工单 #${chat.ticket_id}`, attributes: { href: `/console/tickets/${chat.ticket_id}` } })
      : chat.status !== "queued" && button("转工单", acts.toTicket),
    mine && button("结束", acts.end, { className: "primary", attributes: { title: "结束会话（Alt+E）" } }),
    chat.status === "ended" && button("重新打开", acts.reopen, { className: "primary" }),
  ];
}
