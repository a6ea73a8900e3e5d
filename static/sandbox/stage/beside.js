// A member and one of the customers: who they are, a new one by a contact way, the sidebar in its frame.

import { actOnContacts, call, fetchCompany, fetchContacts } from "../api.js";
import { byId, element } from "../dom.js";

const PEOPLE = 100;
const member = byId("member");
const guest = byId("guest");
let people = [];

const options = (select, rows) =>
  select.replaceChildren(...rows.map(([value, text]) => element("option", { text, attributes: { value } })));

async function tried(doing) {
  byId("wrong").hidden = true;
  try {
    await doing();
  } catch (error) {
    byId("wrong").textContent = error.message;
    byId("wrong").hidden = false;
  }
}

async function showGuests(chosen = "") {
  people = (await fetchContacts({ userid: member.value, limit: PEOPLE })).list;
  if (chosen && !people.some((one) => one.external_userid === chosen)) {
    people.unshift(...(await fetchContacts({ keyword: chosen, limit: 1 })).list);
  }
  options(guest, people.length ? people.map((one) => [one.external_userid, one.name]) : [["", "还没有客户"]]);
  if (people.some((one) => one.external_userid === chosen)) guest.value = chosen;
  show();
}

function show() {
  const one = people.find((each) => each.external_userid === guest.value);
  if (!one) {
    byId("sidebar").hidden = true;
    return;
  }
  const follow = one.follows.find(({ userid }) => userid === member.value) ?? {};
  byId("beside-name").textContent = one.name;
  const facts = [["外部联系人", one.external_userid], ["备注", follow.remark], ["公司", one.corp_name || follow.remark_company], ["渠道", follow.state]];
  byId("beside-facts").replaceChildren(...facts.filter(([, value]) => value).flatMap(([name, value]) =>
    [element("dt", { text: name }), element("dd", { text: value })]));
  byId("beside-talk").replaceChildren();
  openSidebar({ userid: member.value, external_userid: one.external_userid, entry: "single_chat_tools" });
}

// The frame's name tells the stand-in of WeCom's JS-SDK where it is; a new frame for each chat.
function openSidebar(where) {
  const frame = element("iframe", { attributes: { id: "sidebar", title: "侧边栏", name: `sandbox:${new URLSearchParams(where)}`, src: "/sidebar/" } });
  byId("sidebar").replaceWith(frame);
}

// What the sidebar puts into the chat, with the member's hand on the send button.
function heard({ origin, data }) {
  if (origin !== location.origin || data.type !== "sandbox.sendChatMessage") return;
  const { msgtype, text, link, news } = data.message;
  const words = text?.content ?? (link ?? news)?.title ?? `[${msgtype}]`;
  byId("beside-talk").append(element("li", { className: "line line-mine", children: [element("div", { className: "bubble", text: words })] }));
}

async function meet() {
  const { list: ways } = await call("/contacts/ways");
  options(byId("meeting-way"), [["", "不经渠道，直接添加当前成员"], ...ways.map((way) =>
    [way.config_id, `${way.remark || way.state || way.config_id.slice(0, 8)}（${way.user.join("、")}）`])]);
  byId("meeting-name").value = `新客户${Math.floor(Math.random() * 900 + 100)}`;
  const dialog = byId("meeting");
  dialog.returnValue = "";
  dialog.showModal();
  dialog.addEventListener("close", () => { if (dialog.returnValue === "ok") tried(() => added(ways)); }, { once: true });
}

async function added(ways) {
  const way = ways.find(({ config_id: id }) => id === byId("meeting-way").value);
  const userid = way ? way.user[Math.floor(Math.random() * way.user.length)] : member.value;
  const { external_userid: id } = await actOnContacts({
    act: "customer_adds", userid, name: byId("meeting-name").value.trim(), state: way?.state ?? "", add_way: 1,
  });
  member.value = userid;
  await showGuests(id);
}

async function start() {
  const { members } = await fetchCompany();
  options(member, members.filter((one) => !one.has_left).map(({ userid, name }) => [userid, `${name} 的企业微信`]));
  member.addEventListener("change", () => tried(showGuests));
  guest.addEventListener("change", show);
  window.addEventListener("message", heard);
  byId("meet").addEventListener("click", () => tried(meet));
  await showGuests();
}

tried(start);
