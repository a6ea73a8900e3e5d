// Other tickets: alike, linked, merged; and the colleagues who follow this one.

import { available, call, post, query, remove } from "../api.js";
import { ask, staffChoice } from "../dialog.js";
import { button, element, option, whenQuiet } from "../dom.js";
import { complain, toast } from "../frame.js";
import { linkKinds, me, stateLabel, ticketId } from "../page.js";
import { moment } from "../time.js";
import { current, path, refresh } from "./current.js";
import { ticketLine } from "./panel_customer.js";

export async function similar(body) {
  const found = await available(path("/similar"));
  if (!found?.length) return false;
  body.replaceChildren(element("ul", {
    className: "panel-list",
    children: found.map((one) => {
      const line = ticketLine(one);
      line.append(element("span", { className: "choice-hint", text: `相似 ${Math.round(one.score * 100)}%` }));
      if (one.resolution) line.append(element("p", { className: "resolution", text: `处理结果：${one.resolution}` }));
      return line;
    }),
  }));
  return true;
}

const done = (act, words, redraw) => act.then(() => { if (words) toast(words); redraw(); }, complain);

export async function links(body, redraw) {
  const answer = await available(path("/links?size=200"));
  if (!answer) return false;
  body.replaceChildren(
    element("ul", {
      className: "panel-list",
      children: answer.list.map((link) => {
        const line = ticketLine(link.ticket);
        line.prepend(element("span", { className: "mark", text: link.word }));
        if (link.direction === "out") {
          line.append(button("✕", () => done(
            remove(path("/links"), { ticket_id: link.ticket.id, kind: link.kind }), "已取消关联", redraw,
          ), { className: "quiet", attributes: { "aria-label": `取消与 #${link.ticket.id} 的关联` } }));
        }
        return line;
      }),
    }),
    element("p", {
      className: "panel-acts",
      children: [button("关联工单…", () => addLink(redraw)), button("合并到…", merge)],
    }),
  );
  return true;
}

// A field for another ticket's number that shows which one it is.
function otherTicket() {
  const number = element("input", { attributes: { inputmode: "numeric", placeholder: "工单号", required: true, pattern: "#?[0-9]{1,18}", title: "工单号，如 12" } });
  const shown = element("p", { className: "quiet-text", attributes: { "aria-live": "polite" } });
  const read = () => Number(number.value.replace("#", ""));
  number.addEventListener("input", whenQuiet(async () => {
    const found = read() ? await call(`/api/tickets/${read()}`).catch(() => null) : null;
    shown.textContent = found ? `#${found.id} ${found.title} · ${found.customer.name} · ${stateLabel(found.status)}` : "没有这张工单";
  }, 300));
  return { field: element("label", { className: "field", children: [element("span", { text: "另一张工单" }), number] }), shown, read };
}

async function addLink(redraw) {
  const other = otherTicket();
  const kind = element("select", { children: linkKinds.map((one) => option(one.value, one.label)) });
  const made = await ask({
    title: `把 #${ticketId} 关联到`, confirm: "关联",
    content: [element("label", { className: "field", children: [element("span", { text: "关系" }), kind] }), other.field, other.shown],
    read: () => post(path("/links"), { ticket_id: other.read(), kind: kind.value }),
  });
  if (made) redraw();
}

async function merge() {
  const other = otherTicket();
  const suggested = await call(`/api/tickets?${query({ customer: current().customer.id, size: 6 })}`).catch(() => ({ list: [] }));
  const input = other.field.querySelector("input");
  const reason = element("textarea", { attributes: { rows: 2, maxlength: 1000 } });
  const same = suggested.list.filter((ticket) => ticket.id !== ticketId);
  const target = await ask({
    title: `合并 #${ticketId}`, confirm: "合并",
    content: [
      element("p", { className: "quiet-text", text: "这张工单会关闭，它的记录和附件归到另一张，在那里继续处理。" }),
      same.length && element("div", {
        className: "choices",
        children: same.map((ticket) => button(`#${ticket.id} ${ticket.title}`, () => {
          input.value = ticket.id;
          input.dispatchEvent(new Event("input"));
        }, { className: "choice" })),
      }),
      other.field, other.shown,
      element("label", { className: "field", children: [element("span", { text: "说明（客户可见，可不填）" }), reason] }),
    ],
    read: () => post(path("/merge"), { into: other.read(), reason: reason.value.trim() }),
  });
  if (!target) return;
  toast(`已合并到 #${target.id}`, { act: () => location.assign(`/console/tickets/${target.id}`), actLabel: "打开" });
  await refresh().catch(complain);
}

export async function watchers(body, redraw) {
  const answer = await available(path("/watchers?size=200"));
  if (!answer) return false;
  const isMine = answer.list.some((one) => one.username === me.username);
  const choice = staffChoice({ empty: "添加同事…" });
  choice.setAttribute("aria-label", "添加关注人");
  choice.addEventListener("change", () => done(post(path("/watch"), { user: choice.value }), "已添加", redraw));
  body.replaceChildren(
    element("ul", {
      className: "people",
      children: answer.list.map((one) => element("li", {
        children: [
          one.name,
          button("✕", () => done(remove(path("/watch"), { user: one.username }), "", redraw), {
            className: "quiet", attributes: { "aria-label": `${one.name} 不再关注` },
          }),
        ],
      })),
    }),
    element("p", {
      className: "panel-acts",
      children: [
        isMine
          ? button("取消关注", () => done(remove(path("/watch"), {}), "不再关注", redraw))
          : button("关注", () => done(post(path("/watch"), {}), "有变化会告诉您", redraw)),
        choice,
      ],
    }),
  );
  return true;
}

export async function ratings(body) {
  const answer = await available(path("/ratings"));
  if (!answer?.list.length) return false;
  body.replaceChildren(element("ul", {
    className: "panel-list",
    children: answer.list.map((one) => element("li", {
      children: [
        element("strong", { text: "★".repeat(one.score) + "☆".repeat(5 - one.score), attributes: { "aria-label": `${one.score} 分` } }),
        element("span", { className: "choice-hint", text: `${one.assigned_to_name} ${moment(one.created_at)}` }),
        one.comment && element("p", { className: "resolution", text: one.comment }),
      ],
    })),
  }));
  return true;
}
