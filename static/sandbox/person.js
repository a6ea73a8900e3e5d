// One customer: who follows him, what they noted, and the acts of both sides.

import { element } from "./dom.js";
import { avatar } from "./people.js";

const GENDERS = ["未知", "男", "女"];

function fact(name, value) {
  return element("div", { className: "person-fact", children: [
    element("dt", { text: name }), element("dd", { text: value || "—" }),
  ] });
}

function button(text, onClick, className = "") {
  return element("button", { text, className, attributes: { type: "button" }, on: { click: onClick } });
}

function field(name, label, value, maxlength) {
  return element("label", { children: [
    element("span", { text: label }),
    element("input", { attributes: { name, value, maxlength, autocomplete: "off" } }),
  ] });
}

function tagChoices(follow, tags) {
  const has = new Set(follow.tags.map(({ id }) => id));
  return element("fieldset", { className: "person-tags", children: [
    element("legend", { text: "标签" }),
    ...tags.map(({ id, name }) => element("label", { children: [
      element("input", { attributes: { type: "checkbox", name: "tag", value: id, ...(has.has(id) ? { checked: "" } : {}) } }),
      element("span", { text: name }),
    ] })),
  ] });
}

function editor(row, follow, company, act) {
  const form = element("form", { className: "acts-form person-editor", children: [
    field("remark", "备注", follow.remark, 20),
    field("description", "描述", follow.description, 150),
    tagChoices(follow, company.tags),
    element("button", { text: "以成员身份保存", attributes: { type: "submit" } }),
  ] });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const data = new FormData(form);
    act("member_edits", {
      external_userid: row.external_userid,
      userid: follow.userid,
      remark: data.get("remark"),
      description: data.get("description"),
      tags: data.getAll("tag"),
    });
  });
  return element("details", { children: [element("summary", { text: "修改备注和标签" }), form] });
}

function follower(row, follow, company, act) {
  const member = company.members.find(({ userid }) => userid === follow.userid);
  const name = member?.name ?? follow.userid;
  const both = { external_userid: row.external_userid, userid: follow.userid };
  return element("article", { className: "person-follow", children: [
    element("header", { children: [
      avatar(follow.userid, name),
      element("h3", { text: member?.has_left ? `${name}（已离职）` : name }),
    ] }),
    element("dl", { children: [
      fact("备注", follow.remark), fact("描述", follow.description),
      fact("公司", follow.remark_company), fact("手机", follow.remark_mobiles.join("、")),
      fact("渠道", follow.state), fact("添加", follow.created_at.slice(0, 10)),
    ] }),
    element("p", { className: "person-chips", children: follow.tags.map((tag) => element("span", { className: "tag", text: tag.name })) }),
    element("p", { className: "person-acts", children: [
      button("客户删除成员", () => act("customer_removes", both), "danger"),
      button("成员删除客户", () => act("member_removes", both), "danger"),
    ] }),
    editor(row, follow, company, act),
  ] });
}

function newFriend(row, company, act) {
  const known = new Set(row.follows.map(({ userid }) => userid));
  const others = company.members.filter(({ userid, has_left: hasLeft }) => !hasLeft && !known.has(userid));
  if (!others.length) return [];
  return [element("p", { className: "person-acts", children: [
    element("span", { text: "客户添加成员：" }),
    ...others.map(({ userid, name }) =>
      button(name, () => act("customer_adds", { external_userid: row.external_userid, userid }))),
  ] })];
}

export function person(row, company, act) {
  const kind = row.type === 2 ? `企业微信 · ${row.corp_name}` : "微信";
  return [
    element("header", { className: "person-head", children: [
      avatar("", row.name),
      element("div", { children: [
        element("h2", { text: row.name }),
        element("p", { text: `${kind} · ${GENDERS[row.gender]} · ${row.external_userid}` }),
      ] }),
    ] }),
    ...newFriend(row, company, act),
    ...row.follows.map((follow) => follower(row, follow, company, act)),
    ...(row.follows.length ? [] : [element("p", { className: "person-empty", text: "没有成员是他的好友。" })]),
  ];
}
