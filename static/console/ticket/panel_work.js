// Why this colleague has it, how long it took, and the customer's link to it.

import { available, newKey, post } from "../api.js";
import { ask } from "../dialog.js";
import { button, element } from "../dom.js";
import { complain, toast } from "../frame.js";
import { stateLabel } from "../page.js";
import { duration, fullMoment, moment } from "../time.js";
import { path } from "./current.js";

export async function dispatches(body, redraw) {
  const answer = await available(path("/dispatches?size=10"));
  if (!answer) return false;
  body.replaceChildren(
    element("ol", { className: "panel-list", children: answer.list.map(decision) }),
    !answer.list.length ? element("p", { className: "quiet-text", text: "还没有自动派单" }) : "",
    element("p", {
      className: "panel-acts",
      children: [button("现在派单", () => post(path("/dispatch"), undefined, { once: newKey() }).then((made) => {
        toast(made.assignee ? `派给 ${made.assignee.name}` : made.reason);
        redraw();
      }, complain))],
    }),
  );
  return true;
}

const decision = (one) => element("li", {
  children: [
    element("strong", { text: one.assignee ? `派给 ${one.assignee.name}` : "没有派出" }),
    element("span", { className: "choice-hint", text: moment(one.created_at) }),
    element("p", { className: "resolution", text: one.reason }),
    one.candidates.length > 0 && element("ul", {
      className: "candidates",
      children: one.candidates.map((who) => element("li", {
        className: who.is_chosen ? "chosen" : "",
        text: `${who.is_chosen ? "✓ " : ""}${who.name}（${who.load}/${who.limit}）${who.reason}`,
      })),
    }),
  ],
});

export async function times(body) {
  const found = await available(path("/times"));
  if (!found) return false;
  const lines = [
    ["首次响应", found.to_response_seconds],
    ["解决", found.to_resolution_seconds],
    ["等待客户", found.waiting_seconds || null],
    ...Object.entries(found.in_states ?? {}).map(([status, seconds]) => [`停留在${stateLabel(status)}`, seconds]),
  ].filter(([, seconds]) => seconds !== null && seconds !== undefined);
  body.replaceChildren(element("dl", {
    className: "facts-list",
    children: lines.map(([label, seconds]) => element("div", {
      className: "fact", children: [element("dt", { text: label }), element("dd", { text: duration(seconds) })],
    })),
  }));
  return lines.length > 0;
}

// Whether there are such links is only known by asking for one, which is itself no harm.
export async function secureLink(body) {
  const shown = element("p", { className: "link-shown", attributes: { hidden: true } });
  body.replaceChildren(
    element("p", { className: "quiet-text", text: "客户不用登录就能查看进度、回复和评价。" }),
    shown,
    element("p", {
      className: "panel-acts",
      children: [button("复制链接", () => copy(shown)), button("全部作废", revoke, { className: "danger" })],
    }),
  );
  return true;
}

async function copy(shown) {
  try {
    const { url, expires_at: expiry } = await post(path("/secure-link"));
    shown.textContent = url;
    shown.hidden = false;
    const isCopied = await navigator.clipboard?.writeText(url).then(() => true, () => false);
    toast(`${isCopied ? "链接已复制" : "请手动复制链接"}，${fullMoment(expiry)} 前有效`);
  } catch (error) {
    complain(error);
  }
}

async function revoke() {
  if (!await ask({
    title: "作废所有链接？", confirm: "作废",
    content: [element("p", { text: "已发出的链接都会失效，包括群卡片里的。" })],
  })) return;
  await post(path("/secure-link/revoke")).then(() => toast("所有链接已作废"), complain);
}
