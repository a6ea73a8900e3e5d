// What is shown of a customer, section by section.

import { button, element } from "../console/dom.js";
import { moment as shortTime } from "../console/time.js";
import { removeTag, startAct } from "./acts.js";

const NONE = "—";

export function showCustomer(place, data, reload) {
  place.replaceChildren(
    head(data.customer),
    tags(data, reload),
    acts(data, reload),
    section("进行中的工单", data.tickets.map(ticket), "没有进行中的工单"),
    section("项目", data.projects.map(project), "没有项目"),
    section("最近会话", data.chats.map(chat), "没有会话"),
    section("跟进记录", data.follow_ups.map(followUp), "还没有跟进"),
  );
}

function head(customer) {
  const rows = [
    ["手机", customer.phone], ["跟进人", customer.owner], ["来源", customer.channel_name],
    ["备注", customer.remark], ["最近联系", customer.last_contact_at ? shortTime(customer.last_contact_at) : ""],
  ];
  const picture = customer.avatar
    ? element("img", { className: "face", attributes: { src: customer.avatar, alt: "", width: 48, height: 48 } })
    : element("span", { className: "face", text: customer.name.slice(0, 1), attributes: { "aria-hidden": "true" } });
  return element("section", {
    className: "card who",
    children: [
      element("div", {
        className: "who-top",
        children: [
          picture,
          element("div", {
            children: [
              element("h1", { text: customer.name }),
              element("p", { className: "quiet", text: customer.company || NONE }),
            ],
          }),
          element("span", { className: `badge badge-customer-${customer.status}`, text: customer.status_name }),
        ],
      }),
      element("dl", {
        children: rows.flatMap(([name, value]) => [
          element("dt", { text: name }), element("dd", { text: value || NONE }),
        ]),
      }),
    ],
  });
}

function tags(data, reload) {
  const chips = data.tags.map((tag) =>
    element("li", {
      className: "chip",
      children: [
        tag.name,
        button("×", () => removeTag(data.customer, tag, reload), {
          attributes: { "aria-label": `去掉标签 ${tag.name}` },
        }),
      ],
    }));
  if (!chips.length) chips.push(element("li", { className: "quiet", text: "还没有标签" }));
  return element("section", {
    className: "card", attributes: { "aria-label": "标签" },
    children: [element("h2", { text: "标签" }), element("ul", { className: "chips", children: chips })],
  });
}

function acts(data, reload) {
  return element("nav", {
    className: "acts", attributes: { "aria-label": "快捷操作" },
    children: data.quick_actions.map((act) => button(act.label, () => startAct(act, data, reload))),
  });
}

function section(title, items, none) {
  const list = items.length
    ? element("ul", { className: "rows", children: items })
    : element("p", { className: "quiet", text: none });
  return element("section", { className: "card", children: [element("h2", { text: title }), list] });
}

function row(title, marks, note, href) {
  const name = href
    ? element("a", { text: title, attributes: { href, target: "_blank", rel: "noopener" } })
    : element("span", { text: title });
  return element("li", {
    children: [
      element("div", { className: "row-top", children: [name, ...marks] }),
      element("p", { className: "quiet", text: note }),
    ],
  });
}

const badge = (text, kind) => element("span", { className: `badge badge-${kind}`, text });

function ticket(one) {
  const marks = [badge(one.status_name, one.status)];
  if (one.priority === "urgent" || one.priority === "high") marks.push(badge(one.priority_name, `priority-${one.priority}`));
  if (one.overdue) marks.push(badge("已超时", "overdue"));
  const who = one.assigned_to_name || "未分配";
  return row(`#${one.id} ${one.title}`, marks, `${who} · ${one.progress}% · ${shortTime(one.created_at)}`, `/console/tickets/${one.id}`);
}

const project = (one) => row(one.name, [badge(one.stage_name, "stage")], `进度 ${one.progress}%`);

const chat = (one) =>
  row(`会话 ${one.id}`, [badge(one.status_name, one.status)],
    `${one.agent || "排队中"} · ${shortTime(one.last_message_at ?? one.created_at)}`, `/console/?chat=${one.id}`);

function followUp(one) {
  const next = one.next_at ? ` · 下次 ${shortTime(one.next_at)}` : "";
  return row(one.content, [], `${one.author} · ${shortTime(one.created_at)}${next}`);
}
