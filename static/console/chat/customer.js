// The right side: who writes, what they have with us, and what may help to answer.

import { available, call, newKey, post, query, remove } from "../api.js";
import { ask } from "../dialog.js";
import { button, byId, element, oneLine, option } from "../dom.js";
import { complain, toast } from "../frame.js";
import { stateLabel } from "../page.js";
import { moment } from "../time.js";
import { face } from "./row.js";
import { opened } from "./state.js";
import { drawSuggestions } from "./suggestions.js";

const OPEN = ["pending", "assigned", "processing", "escalated"];
const box = byId("customer-body");
let shownId = null;

export function draw() {
  const chat = opened();
  if (!chat || chat.customer.id === shownId) return;
  shownId = chat.customer.id;
  box.replaceChildren(element("p", { className: "quiet-text side-part", text: "载入中…" }));
  load(chat).catch((error) => { box.replaceChildren(element("p", { className: "quiet-text", text: error.message })); });
}

export const again = () => { shownId = null; draw(); };

async function load(chat) {
  const who = chat.customer.id;
  const [profile, tickets, earlier, notes] = await Promise.all([
    available(`/api/v1/customers/${who}/profile`).catch(() => null),
    call(`/api/tickets?${query({ customer: who, status: OPEN, size: 5 })}`).catch(() => null),
    call(`/api/customer-service/chats?${query({ customer: who, size: 6 })}`).catch(() => null),
    available(`/api/v1/customers/${who}/follow-ups?size=3`).catch(() => null),
  ]);
  if (shownId !== who) return;
  box.replaceChildren(...[
    person(chat, profile),
    element("div", { attributes: { id: "suggestions" } }),
    profile && section("标签", tags(who, profile)),
    section("未完成的工单", ticketList(tickets), tickets?.total),
    profile?.projects?.recent?.length > 0 && section("项目", projectList(profile.projects.recent), profile.projects.total),
    section("以往会话", chatList(earlier, chat)),
    notes && section("跟进", followUps(who, notes)),
  ].filter(Boolean));
  drawSuggestions();
}

const section = (title, children, count) => element("section", {
  className: "side-part",
  children: [element("h2", { children: [title, count > 0 && element("span", { className: "side-count", text: String(count) })] }), ...children],
});

function person(chat, profile) {
  const { attributes: own = {}, owner } = profile ?? {};
  const facts = [
    ["电话", own.phone || chat.customer.phone], ["公司", own.company || chat.customer.company],
    ["负责人", owner?.name], ["来源", own.channel_name], ["地区", [own.province, own.city].filter(Boolean).join(" ")], ["备注", own.remark],
  ].filter(([, value]) => value);
  return element("section", {
    className: "side-part side-person",
    children: [
      element("p", { className: "side-name", children: [
        face(chat.customer, "face-large"),
        element("a", { text: own.name ?? chat.customer.name, attributes: { href: `/admin/customers/customer/${chat.customer.id}/change/`, title: "打开客户资料" } }),
        own.blocked_at && element("span", { className: "mark mark-unanswered", text: "已拉黑" }),
      ] }),
      element("dl", { children: facts.map(([label, value]) => element("div", { children: [element("dt", { text: label }), element("dd", { text: value })] })) }),
    ],
  });
}

function tags(who, profile) {
  return [element("p", {
    className: "tags",
    children: [
      ...profile.tags.map((tag) => element("span", {
        className: "tag",
        children: [tag.name, button("✕", () => remove(`/api/v1/customers/${who}/tags/${tag.id}`).then(again, complain), { attributes: { "aria-label": `去掉标签 ${tag.name}` } })],
      })),
      button("+ 标签", () => addTag(who, profile), { className: "tag tag-add" }),
    ],
  })];
}

async function addTag(who, profile) {
  const answer = await call("/api/v1/tags?size=200").catch(complain);
  if (!answer) return;
  const had = new Set(profile.tags.map((tag) => tag.id));
  const choice = element("select", { attributes: { required: true }, children: [option("", "请选择…"), ...answer.list.filter((tag) => !had.has(tag.id)).map((tag) => option(tag.id, tag.group ? `${tag.group.name ?? tag.group} / ${tag.name}` : tag.name))] });
  const done = await ask({
    title: "添加标签", confirm: "添加", content: [element("label", { className: "field", children: [element("span", { text: "标签" }), choice] })],
    read: () => post(`/api/v1/customers/${who}/tags`, { tag_ids: [Number(choice.value)] }).then(() => true),
  });
  if (done) again();
}

const nothing = (words) => [element("p", { className: "quiet-text", text: words })];

function ticketList(answer) {
  if (!answer?.list.length) return nothing("没有");
  return [element("ul", { className: "side-list", children: answer.list.map((one) => element("li", {
    children: [element("a", { text: `#${one.id} ${one.title}`, attributes: { href: `/console/tickets/${one.id}` } }), element("span", { className: `badge badge-${one.status}`, text: stateLabel(one.status) })],
  })) })];
}

const projectList = (recent) => [element("ul", { className: "side-list", children: recent.slice(0, 3).map((one) => element("li", {
  children: [element("span", { text: one.name }), element("small", { text: [one.status_name ?? one.stage_name, Number(one.amount) > 0 && `¥${one.amount}`].filter(Boolean).join(" · ") })],
})) })];

function chatList(answer, chat) {
  const others = (answer?.list ?? []).filter((one) => one.id !== chat.id).slice(0, 4);
  if (!others.length) return nothing("这是第一次");
  return [element("ul", { className: "side-list", children: others.map((one) => element("li", {
    children: [
      button(oneLine(one.last_message?.text || "会话", 24), () => dispatchEvent(new CustomEvent("open-chat", { detail: one.id })), { className: "link" }),
      element("small", { text: [moment(one.ended_at ?? one.queued_at), one.agent?.name, one.rating && "★".repeat(one.rating.score)].filter(Boolean).join(" · ") }),
    ],
  })) })];
}

function followUps(who, notes) {
  return [
    element("ul", { className: "side-list", children: notes.list.map((one) => element("li", { children: [element("span", { text: one.content }), element("small", { text: [one.author, moment(one.created_at)].filter(Boolean).join(" · ") })] })) }),
    button("写跟进", () => addFollowUp(who), { className: "small" }),
  ];
}

async function addFollowUp(who) {
  const once = newKey();
  const words = element("textarea", { attributes: { rows: 3, maxlength: 1000, required: true } });
  const done = await ask({
    title: "写跟进", confirm: "记下", content: [element("label", { className: "field", children: [element("span", { text: "内容" }), words] })],
    read: () => post(`/api/v1/customers/${who}/follow-ups`, { content: words.value.trim() }, { once }),
  });
  if (done) { toast("跟进已记下"); again(); }
}
