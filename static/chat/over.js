// After the end: stars and a comment, and how to go on.
import { post } from "../console/api.js";
import { button, byId, element } from "../console/dom.js";

const WORDS = ["", "很不满意", "不满意", "一般", "满意", "非常满意"];
const BY = { idle: "长时间没有新消息，会话已结束", agent: "客服已结束会话", customer: "会话已结束", unattended: "留言已登记，会话已结束" };

export function over({ base, onAgain, onReopen, say }) {
  const root = byId("t-over");

  function rating(chat) {
    let score = 0;
    const words = element("span", { className: "t-score", text: "点星评价本次服务" });
    const comment = element("textarea", {
      attributes: { rows: 2, maxlength: 500, placeholder: "想说点什么（选填）", "aria-label": "评价内容", hidden: true },
    });
    const send = button("提交评价", async () => {
      send.disabled = true;
      try {
        await post(`${base}/chats/${chat.id}/rate`, { score, comment: comment.value.trim() });
        chat.rating = { score, comment: comment.value.trim() };
        show(chat);
      } catch (error) {
        say(error.message, error.retryAfter);
        send.disabled = false;
      }
    }, { className: "c-button t-rate-send", attributes: { hidden: true } });
    const stars = [1, 2, 3, 4, 5].map((value) => {
      const input = element("input", {
        attributes: { type: "radio", name: "score", value, id: `star-${value}` },
        on: { change: () => {
          score = value;
          words.textContent = WORDS[value];
          comment.hidden = send.hidden = false;
          stars.forEach((star, index) => star.classList.toggle("t-lit", index < value));
        } },
      });
      return element("label", { className: "t-star", attributes: { for: input.id }, children: [
        input, element("span", { text: "★", attributes: { "aria-hidden": "true" } }),
        element("span", { className: "c-sr", text: `${value} 星，${WORDS[value]}` }),
      ] });
    });
    return element("fieldset", { className: "t-rating", children: [
      element("legend", { className: "c-sr", text: "评价本次服务" }),
      element("div", { className: "t-stars", children: stars }), words, comment, send,
    ] });
  }

  function given({ score }) {
    return element("p", { className: "t-given", children: [
      element("span", { className: "t-given-stars", text: "★".repeat(score), attributes: { "aria-hidden": "true" } }),
      ` 已评价：${WORDS[score]}，感谢您的反馈`,
    ] });
  }

  function show(chat) {
    root.hidden = false;
    const isServed = chat.agent || chat.assigned_at;
    root.replaceChildren(...[
      element("p", { className: "t-ended", text: BY[chat.ended_by] ?? "会话已结束" }),
      chat.ticket_id
        ? element("a", { className: "t-ticket", text: `查看工单 #${chat.ticket_id} 的进展 ›`, attributes: { href: `/chat/tickets/${chat.ticket_id}`, target: "_blank", rel: "noopener" } })
        : null,
      chat.rating ? given(chat.rating) : chat.first_replied_at ? rating(chat) : null,
      element("div", { className: "t-go-on", children: [
        button("重新咨询", onAgain, { className: "c-button" }),
        isServed ? button("继续上次会话", onReopen, { className: "c-button c-button-plain" }) : null,
      ] }),
    ].filter(Boolean));
  }

  return { show, hide() { root.hidden = true; } };
}
