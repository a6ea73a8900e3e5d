// Colleagues who take chats: asking for one, or for a group.

import { call } from "../api.js";
import { ask } from "../dialog.js";
import { element } from "../dom.js";
import { me } from "../page.js";

export const PRESENCE = { online: "在线", busy: "忙碌", offline: "离线" };

export const loadAgents = async () => (await call("/api/customer-service/agents")).list;

export function agentLine(one) {
  return [
    element("span", { className: `dot dot-${one.status}`, attributes: { title: PRESENCE[one.status] } }),
    element("span", { className: "agent-name", text: one.name }),
    element("span", { className: "agent-load", text: `${PRESENCE[one.status]} · ${one.load}/${one.limit}` }),
  ];
}

// Resolves with what `read({agent | group, note})` says.
export async function askAgent({ title, confirm, withGroups = false, withNote = false, read }) {
  const [agents, groups] = await Promise.all([
    loadAgents(),
    withGroups ? call("/api/customer-service/groups").then((answer) => answer.list) : [],
  ]);
  const others = agents.filter((one) => !withNote || one.id !== me.id);
  const note = element("textarea", { attributes: { rows: 2, maxlength: 500, placeholder: "给接手的人：客户要什么，已经做了什么" } });
  const choices = element("div", {
    className: "agents", attributes: { role: "radiogroup", "aria-label": "交给谁" },
    children: [
      ...others.map((one) => choice(`agent:${one.username}`, agentLine(one), one.status !== "online" || !one.accepts_chats || one.load >= one.limit)),
      ...groups.map((one) => choice(`group:${one.id}`, [element("span", { className: "agent-name", text: `${one.name}（组）` }), element("span", { className: "agent-load", text: `${one.members.length} 人` })], false)),
    ],
  });
  return ask({
    title, confirm,
    content: [
      choices.childElementCount ? choices : element("p", { className: "quiet-text", text: "现在没有可以接手的同事" }),
      withNote && element("label", { className: "field", children: [element("span", { text: "附言（仅内部，可不填）" }), note] }),
    ].filter(Boolean),
    read: () => {
      const [kind, value] = (choices.querySelector("input:checked")?.value ?? "").split(/:(.*)/su);
      if (!kind) throw new Error("请选一位同事");
      return read({ [kind]: kind === "group" ? Number(value) : value, ...(withNote ? { note: note.value.trim() } : {}) });
    },
  });
}

const choice = (value, children, isDisabled) => element("label", {
  className: `agent${isDisabled ? " agent-off" : ""}`,
  children: [element("input", { attributes: { type: "radio", name: "to", value, disabled: isDisabled } }), ...children],
});
