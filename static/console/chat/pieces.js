// What is sent beside words: a card of a ticket or an address, and choices to tap.

import { call, query } from "../api.js";
import { ask } from "../dialog.js";
import { element, option } from "../dom.js";
import { stateLabel } from "../page.js";

const field = (label, control, hint) => element("label", {
  className: "field", children: [element("span", { text: label }), control, hint && element("small", { className: "quiet-text", text: hint })],
});

export async function askCard(chat) {
  const answer = await call(`/api/tickets?${query({ customer: chat.customer.id, size: 20 })}`).catch(() => ({ list: [] }));
  const tickets = answer.list;
  const choice = element("select", { children: [option("", "不是工单"), ...tickets.map((one) => option(one.id, `#${one.id} ${one.title}`))] });
  const title = element("input", { attributes: { maxlength: 100, required: true } });
  const description = element("textarea", { attributes: { rows: 2, maxlength: 500 } });
  const url = element("input", { attributes: { type: "url", maxlength: 1000, placeholder: "https://…" } });
  choice.addEventListener("change", () => {
    const ticket = tickets.find((one) => String(one.id) === choice.value);
    title.value = ticket ? ticket.title.slice(0, 100) : "";
    description.value = ticket ? `工单 #${ticket.id} · ${stateLabel(ticket.status)}` : "";
  });
  if (tickets.length) { choice.value = tickets[0].id; choice.dispatchEvent(new Event("change")); }
  return ask({
    title: "发送卡片", confirm: "发送",
    content: [tickets.length > 0 && field("客户的工单", choice), field("标题", title), field("说明（可不填）", description), field("链接（可不填）", url)].filter(Boolean),
    read: () => ({
      type: "card",
      data: {
        title: title.value.trim(), description: description.value.trim(),
        ...(choice.value ? { ticket_id: Number(choice.value) } : {}), ...(url.value.trim() ? { url: url.value.trim() } : {}),
      },
    }),
  });
}

export async function askQuickReplies() {
  const words = element("input", { attributes: { maxlength: 500, placeholder: "如：您方便什么时候接听电话？" } });
  const options = element("textarea", { attributes: { rows: 4, required: true, placeholder: "今天下午\n明天上午\n先不用" } });
  return ask({
    title: "发送快捷选项", confirm: "发送",
    content: [field("问题（可不填）", words), field("选项，一行一个", options, "最多 10 个，客户点一下就是回复")],
    read: () => {
      const list = [...new Set(options.value.split("\n").map((one) => one.trim()).filter(Boolean))];
      if (!list.length || list.length > 10) throw new Error("请写 1 到 10 个选项");
      return { type: "quick_replies", content: words.value.trim(), data: { options: list } };
    },
  });
}
