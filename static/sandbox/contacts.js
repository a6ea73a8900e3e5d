// 客户联系: the customers of the pretended company, and what they and its members do.

import { actOnContacts, fetchCompany, fetchContacts, resetContacts } from "./api.js";
import { byId, element } from "./dom.js";
import { person } from "./person.js";
import { avatar } from "./people.js";

const PAGE = 30;
const MOST = 500;
const TYPING_MS = 250;
const search = byId("people-search");
const list = byId("people-list");
let company = { members: [], tags: [] };
let people = [];
let chosen = null;
let seen = "";
let typing;

export function setUpContacts() {
  search.addEventListener("submit", (event) => event.preventDefault());
  search.addEventListener("input", () => {
    clearTimeout(typing);
    typing = setTimeout(() => { people = []; tried(find); }, TYPING_MS);
  });
  byId("people-more").addEventListener("click", more);
  byId("person-back").addEventListener("click", () => choose(null));
  onSubmit("acts-newcomer", "customer_adds");
  onSubmit("acts-leaver", "member_resigns");
  byId("acts-reset").addEventListener("click", reset);
}

// The demo data is made when somebody first looks.
export async function openContacts() {
  await tried(refreshContacts);
}

// What the company writes shows by itself, but not under the hands of somebody who edits.
export async function refreshContacts() {
  if (byId("person").querySelector("details[open]")) return;
  await showAgain();
}

function onSubmit(id, name) {
  const form = byId(id);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const given = Object.fromEntries([...new FormData(form)].filter(([, value]) => value));
    if (await act(name, given)) form.reset();
  });
}

async function tried(work) {
  try {
    await work();
    return true;
  } catch (error) {
    say(error.message, "failed");
    return false;
  }
}

function say(words, kind = "") {
  const line = byId("person-outcome");
  line.textContent = words;
  line.className = `person-outcome ${kind && `person-${kind}`}`;
}

function outcome({ events, answers }) {
  if (!events.length) return ["已修改，平台不为此回调"];
  if (!answers.length) return [`已修改，${events.length} 个事件丢失`];
  const bad = answers.filter(({ status }) => status !== 200);
  if (bad.length) return [`已修改，回调失败：${bad[0].status || bad[0].body}`, "failed"];
  return [`已修改，已回调 ${answers.length} 次`, "told"];
}

function act(name, body) {
  return tried(async () => {
    const done = await actOnContacts({ act: name, ...body, callback: !byId("acts-lost").checked });
    say(...outcome(done));
    if (done.external_userid && name === "customer_adds") chosen = done.external_userid;
    await showAgain();
  });
}

async function showAgain() {
  await showCompany();
  await find();
}

async function reset() {
  await tried(async () => {
    await resetContacts();
    choose(null);
    say("已恢复初始数据");
    await showAgain();
  });
}

function options(select, members, first = []) {
  const before = select.value;
  select.replaceChildren(...first, ...members.map(({ userid, name, has_left: hasLeft }) =>
    element("option", { text: hasLeft ? `${name}（已离职）` : name, attributes: { value: userid } })));
  if ([...select.options].some(({ value }) => value === before)) select.value = before;
}

async function showCompany() {
  company = await fetchCompany();
  const present = company.members.filter((member) => !member.has_left);
  options(search.elements.userid, company.members, [element("option", { text: "全部成员", attributes: { value: "" } })]);
  options(byId("acts-newcomer").elements.userid, present);
  options(byId("acts-leaver").elements.userid, present);
  byId("acts-waiting").textContent = company.waiting ? ` ${company.waiting}` : "";
  byId("acts-transfers").replaceChildren(...company.transfers.map(transfer));
  if (!company.waiting) byId("acts-transfers").append(element("li", { className: "acts-none", text: "没有" }));
}

const nameOf = (userid) => company.members.find((member) => member.userid === userid)?.name ?? userid;

function transfer(row) {
  const button = (text, name) => element("button", {
    className: "quiet", text, attributes: { type: "button" },
    on: { click: () => act(name, { external_userids: [row.external_userid] }) },
  });
  return element("li", { children: [
    element("span", { text: `${row.name}：${nameOf(row.handover_userid)} → ${nameOf(row.takeover_userid)}` }),
    element("span", { className: "acts-buttons", children: [
      button("接受", "transfer_accept"), button("拒绝", "transfer_refuse"), button("已满", "transfer_limit"),
    ] }),
  ] });
}

const asked = (offset, limit) => fetchContacts({
  keyword: search.elements.keyword.value.trim(), userid: search.elements.userid.value, limit, offset,
});

async function find() {
  const { list: rows, total } = await asked(0, Math.min(MOST, Math.max(PAGE, people.length)));
  const row = await chosenOf(rows);
  // Nothing moves under a hand or a finger while nothing has changed.
  const now = JSON.stringify([rows, total, row, company]);
  if (now === seen) return;
  seen = now;
  people = rows;
  showPeople(total);
  showPerson(row);
}

// Whoever was chosen stays, even where the search no longer finds him.
async function chosenOf(rows) {
  if (!chosen) return null;
  const row = rows.find((one) => one.external_userid === chosen);
  return row ?? (await fetchContacts({ keyword: chosen, limit: 1 })).list[0] ?? null;
}

async function more() {
  await tried(async () => {
    const { list: rows, total } = await asked(people.length, PAGE);
    people = [...people, ...rows];
    showPeople(total);
  });
}

function showPeople(total) {
  byId("people-count").textContent = total ? `${total} 位客户` : "没有符合的客户";
  byId("people-more").hidden = people.length >= total;
  list.replaceChildren(...people.map(entry));
}

function entry(row) {
  const [follow] = row.follows;
  const employer = row.corp_name || follow?.remark_company || "微信客户";
  const who = row.follows.map(({ userid }) => nameOf(userid)).join("、") || "无人跟进";
  return element("li", { children: [element("button", {
    className: "people-button",
    attributes: { type: "button", "data-person": row.external_userid, "aria-current": String(row.external_userid === chosen) },
    on: { click: () => choose(row.external_userid) },
    children: [
      avatar("", row.name),
      element("span", { className: "people-words", children: [
        element("strong", { text: row.name }),
        element("small", { text: `${employer} · ${who}` }),
      ] }),
    ],
  })] });
}

function choose(externalUserid) {
  chosen = externalUserid;
  for (const button of list.querySelectorAll("[data-person]")) {
    button.setAttribute("aria-current", String(button.dataset.person === chosen));
  }
  say("");
  showPerson(people.find((one) => one.external_userid === chosen) ?? null);
}

function showPerson(row) {
  document.querySelector(".contacts").classList.toggle("contacts-chosen", row !== null);
  byId("person").replaceChildren(...(row ? person(row, company, act)
    : [element("p", { className: "person-empty", text: "选择一位客户，扮演他或跟进他的成员。" })]));
}
