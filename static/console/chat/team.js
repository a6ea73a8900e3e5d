// A supervisor's view: colleagues with what they have in hand; a chat of theirs opens to be watched.

import { call, query } from "../api.js";
import { element, place } from "../dom.js";
import { me } from "../page.js";
import { agentLine, loadAgents } from "./people.js";
import { chatRow } from "./row.js";
import { byLast, chats, take } from "./state.js";

let agents = [];

export async function loadTeam() {
  const [list, answer] = await Promise.all([
    loadAgents(),
    call(`/api/customer-service/chats?${query({ status: "active", mine: "false", size: 200 })}`),
  ]);
  agents = list.filter((one) => one.id !== me.id);
  for (const chat of answer.list) take(chat);
}

export function takePresence(userId, status) {
  const known = agents.find((one) => one.id === userId);
  if (known) known.status = status;
}

export function drawTeam(box, onOpen) {
  const active = [...chats.values()].filter((chat) => chat.status === "active").sort(byLast);
  place(box, agents.length ? agents.map((one) => element("section", {
    className: "mate", attributes: { "aria-label": one.name },
    children: [
      element("h3", { children: agentLine(one) }),
      ...active.filter((chat) => chat.agent?.id === one.id).map((chat) => chatRow(chat, { onOpen })),
    ],
  })) : [element("div", { className: "list-empty", children: [element("strong", { text: "没有别的客服" }), element("p", { text: "同事上线后会出现在这里" })] })]);
}
