// What the customer and the assistant said before a person came, above the chat; a colleague may say
// what was really meant, and whether the article helped.

import { call, post, query } from "../api.js";
import { button, byId, element, option } from "../dom.js";
import { complain, toast } from "../frame.js";
import { moment } from "../time.js";
import { openedId } from "./state.js";

const INTENTS = {
  presale: "售前咨询", progress: "进度查询", fault: "故障报修", complaint: "投诉",
  human: "人工客服", bind: "绑定手机", small_talk: "闲聊问候", other: "其他",
};
const ACTIONS = { reply: "已答复", create_ticket: "已建工单", handoff: "转人工", query: "查询", bind: "请客户绑定" };
const SIZE = 20;
const box = byId("assistant");
let shownId = null;
let turns = [];

export async function drawAssistant() {
  const id = openedId();
  if (id === shownId) return;
  shownId = id;
  turns = [];
  box.hidden = true;
  box.open = false;
  const answer = await call(`/api/ai/turns?${query({ chat: id, size: SIZE })}`).catch(() => null);
  if (shownId !== id || !answer?.list.length) return;
  turns = answer.list.reverse();
  box.hidden = false;
  show();
}

const meant = (turn) => turn.corrected_intent || turn.intent;

function show() {
  const wanted = turns.map(meant).filter((one) => one && one !== "human" && one !== "small_talk").at(-1) ?? turns.map(meant).filter(Boolean).at(-1);
  byId("assistant-summary").textContent = [`助手已接待 ${turns.length} 轮`, wanted && `意图：${INTENTS[wanted]}`].filter(Boolean).join(" · ");
  byId("assistant-turns").replaceChildren(...turns.map(row));
}

function row(turn) {
  const how = [turn.intent && `${turn.intent_label} ${Math.round(turn.confidence * 100)}%`, turn.strategy, ACTIONS[turn.action]].filter(Boolean).join(" · ");
  return element("li", {
    className: "turn",
    children: [
      element("p", { children: [element("small", { text: moment(turn.created_at) }), element("strong", { text: "客户：" }), turn.text] }),
      turn.reply && element("p", { className: "turn-reply", children: [element("strong", { text: "助手：" }), turn.reply] }),
      element("div", { className: "turn-foot", children: [
        element("small", { text: how }),
        turn.ticket_id && element("a", { text: `工单 #${turn.ticket_id}`, attributes: { href: `/console/tickets/${turn.ticket_id}` } }),
        correcting(turn),
      ] }),
      ...turn.hits.map((hit) => source(turn, hit)),
    ],
  });
}

function correcting(turn) {
  const first = turn.corrected_intent ? `已更正：${INTENTS[turn.corrected_intent]}` : "更正意图…";
  const choice = element("select", {
    attributes: { "aria-label": "更正意图" },
    children: [option("", first), ...Object.entries(INTENTS).filter(([code]) => code !== meant(turn)).map(([code, label]) => option(code, label))],
  });
  choice.addEventListener("change", async () => {
    choice.disabled = true;
    try {
      Object.assign(turn, await post(`/api/ai/turns/${turn.id}/correct`, { intent: choice.value }));
      toast("已更正，会用于改进助手");
    } catch (error) {
      complain(error);
    }
    show();
  });
  return choice;
}

function source(turn, hit) {
  const say = (words, value) => button(words, () => judge(turn, hit, value), { className: "link", attributes: { "aria-pressed": String(hit.was_helpful === value) } });
  return element("p", { className: "turn-source", children: [element("small", { text: `依据：${hit.title}` }), say("有用", true), say("没用", false)] });
}

async function judge(turn, hit, value) {
  try {
    Object.assign(hit, await post(`/api/ai/knowledge/hits/${hit.id}/feedback`, { was_helpful: value }));
    show();
  } catch (error) {
    complain(error);
  }
}
