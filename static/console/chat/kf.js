// WeChat customer service: who has the customer on the platform, and giving them on.

import { call, newKey, post } from "../api.js";
import { ask } from "../dialog.js";
import { button, element } from "../dom.js";
import { complain, toast } from "../frame.js";
import { isSupervisor } from "./facts.js";
import { changed, isMineEver, lastSeenOf, take } from "./state.js";

const known = new Map();
const path = (chat, rest) => `/api/customer-service/chats/${chat.id}/${rest}`;

export const isKf = (chat) => chat?.entry === "kf";
export const standingOf = (chat) => known.get(chat.id)?.standing ?? null;

// The platform's state moves with what the chat is told: it is asked for again when something was.
export function lookAtKf(chat) {
  if (!isKf(chat)) return;
  const seen = `${chat.version}:${lastSeenOf(chat.id)}`;
  if (known.get(chat.id)?.seen === seen) return;
  known.set(chat.id, { ...known.get(chat.id), seen });
  call(path(chat, "kf-servicers")).then((standing) => {
    known.set(chat.id, { ...known.get(chat.id), standing });
    changed();
  }, () => {});
}

export function stateSign(chat) {
  const standing = isKf(chat) && standingOf(chat);
  if (!standing) return null;
  const words = standing.servicer ? `企业微信 ${standing.servicer} 接待` : standing.state_label;
  return element("span", { className: `kf-state kf-${standing.state}`, text: words, attributes: { title: "微信客服的接待状态" } });
}

export function handOnButton(chat) {
  const mayAsk = isKf(chat) && (isMineEver(chat) || isSupervisor) && standingOf(chat)?.targets.length;
  return mayAsk ? button("微信客服转接", () => handOn(chat), { attributes: { title: "转给企业微信里的接待人员，或交回助手、接入池" } }) : null;
}

const ELSE = {
  queue: ["待接入池", "企业微信里的接待人员自行领取"],
  robot: ["智能助手", "客户下次发言由助手接待"],
  end: ["结束会话", "微信客服会话就此结束"],
};

async function handOn(chat) {
  const { list, targets, servicer } = standingOf(chat);
  const choices = element("div", {
    className: "agents", attributes: { role: "radiogroup", "aria-label": "转给谁" },
    children: [
      ...list.map((one) => choice(`servicer:${one.userid}`, one.name, one.is_receiving ? "接待中" : "未在接待", !one.is_receiving)),
      ...targets.filter((one) => ELSE[one]).map((one) => choice(one, ...ELSE[one], false)),
    ],
  });
  const done = await ask({
    title: `把「${chat.customer.name}」转到哪里？`, confirm: "转接",
    content: [
      choices,
      element("p", {
        className: "quiet-text",
        text: servicer ? `现在由企业微信的 ${servicer} 接待。` : "转给接待人员或接入池后，由对方在企业微信中回复，这里可以继续查看客户说了什么。",
      }),
    ],
    read: () => {
      const [to, who = ""] = (choices.querySelector("input:checked")?.value ?? "").split(/:(.*)/su);
      if (!to) throw new Error("请选一项");
      return post(path(chat, "kf-transfer"), { to, ...(who ? { servicer: who } : {}) }, { once: newKey() });
    },
  }).catch(complain);
  if (!done) return;
  if (done.id) take(done);
  toast("已提交，平台同意后生效");
}

const choice = (value, name, hint, isDisabled) => element("label", {
  className: `agent${isDisabled ? " agent-off" : ""}`,
  children: [
    element("input", { attributes: { type: "radio", name: "to", value, disabled: isDisabled } }),
    element("span", { className: "agent-name", text: name }),
    element("span", { className: "agent-load", text: hint }),
  ],
});
