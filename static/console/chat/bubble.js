// One thing that was said, or is about to be: words, a picture, a file, a card, choices.

import { button, element } from "../dom.js";
import { fullMoment } from "../time.js";
import { showPicture } from "./lightbox.js";
import { linked, safeAddress } from "./words.js";

const RECALL_WITHIN = 120_000;
const clock = new Intl.DateTimeFormat("zh-CN", { timeZone: "Asia/Shanghai", hour: "2-digit", minute: "2-digit", hour12: false });
export const timeOf = (iso) => clock.format(new Date(iso));

const TICKS = { sending: ["◷", "发送中"], sent: ["✓", "已发送"], delivered: ["✓✓", "已送达"], read: ["✓✓", "已读"] };

export const kindOf = (message) => {
  if (message.sender === "system") return "system";
  if (message.data?.history) return message.sender;
  if (message.visibility !== "public") return message.data?.whisper ? "whisper" : "note";
  return message.sender;
};

// `acts`: {recall, cancel, copy}; what may be done is decided by what the message is.
export function bubble(message, { chat, isMine, isFirst, acts }) {
  const kind = kindOf(message);
  if (kind === "system") {
    return element("li", { className: "said said-system", children: [element("span", { text: message.content }), timeNode(message)] });
  }
  const isRecalled = Boolean(message.recalled_at);
  return element("li", {
    className: ["said", `said-${kind}`, message.data?.history && "said-history", isMine && "said-mine", isFirst && "said-first", isRecalled && "said-recalled"].filter(Boolean).join(" "),
    attributes: { "data-number": message.number },
    children: [
      isFirst && head(message, kind),
      element("div", {
        className: "bubble-row",
        children: [
          isRecalled
            ? element("p", { className: "recalled", text: `${message.sender_name} 撤回了一条消息` })
            : element("div", { className: `bubble bubble-${message.type}`, children: content(message) }),
          !isRecalled && kind === "agent" && !message.data?.history && state(message, chat, acts),
          !isRecalled && isMine && mayRecall(message) && button("撤回", () => acts.recall(message), { className: "said-act" }),
        ],
      }),
      !isRecalled && message.error && message.status === "failed" && element("p", { className: "said-error", text: message.error }),
    ],
  });
}

const LABELS = { note: "内部备注 · 仅内部", whisper: "悄悄话 · 仅内部" };

function head(message, kind) {
  return element("p", {
    className: "said-head",
    children: [
      element("strong", { text: message.sender_name || (kind === "customer" ? "客户" : "客服") }),
      LABELS[kind] && element("span", { className: "said-tag", text: LABELS[kind] }),
      message.data?.history && element("span", { className: "said-tag said-elsewhere", text: `${message.data.history} · 只读` }),
      timeNode(message),
    ],
  });
}

const timeNode = (message) => element("time", { text: timeOf(message.created_at), attributes: { datetime: message.created_at, title: fullMoment(message.created_at) } });

const mayRecall = (message) => message.status !== "held" && message.id && message.sender === "agent"
  && Date.now() - new Date(message.created_at) < RECALL_WITHIN;

function content(message) {
  if (message.file) return [fileNode(message.file), message.content && message.content !== message.file.name && text(message.content)];
  if (message.type === "card") return cardNode(message.data);
  if (message.type === "quick_replies") {
    return [message.content && text(message.content), element("ul", {
      className: "choices-said", attributes: { "aria-label": "快捷选项" },
      children: (message.data.options ?? []).map((one) => element("li", { text: one })),
    })];
  }
  return [text(message.content)];
}

const text = (words) => element("p", { children: linked(words) });

function fileNode(file) {
  if (file.is_image) {
    const picture = element("img", { attributes: { src: file.url, alt: file.name, loading: "lazy" } });
    return element("button", {
      className: "picture", attributes: { type: "button", "aria-label": `查看图片 ${file.name}` },
      on: { click: () => showPicture(file) }, children: [picture],
    });
  }
  return element("a", {
    className: "file-said", attributes: { href: file.url, download: file.name },
    children: [
      element("span", { className: "file-icon", text: (file.name.split(".").pop() ?? "").slice(0, 4).toUpperCase(), attributes: { "aria-hidden": "true" } }),
      element("span", { children: [element("strong", { text: file.name }), element("small", { text: sizeOf(file.size) })] }),
    ],
  });
}

export const sizeOf = (bytes) => (bytes < 1024 * 1024 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`);

function cardNode(data) {
  const href = data.ticket_id ? `/console/tickets/${Number(data.ticket_id)}` : data.url && safeAddress(data.url);
  return [
    element("strong", { className: "card-title", text: data.title }),
    data.description && element("p", { text: data.description }),
    href && element("a", { className: "card-link", text: data.ticket_id ? `工单 #${data.ticket_id}` : "打开链接", attributes: { href, target: "_blank", rel: "noopener noreferrer" } }),
  ];
}

function state(message, chat, acts) {
  if (message.status === "held") {
    return element("span", { className: "said-state", children: ["待客户回复后自动发送 · ", button("取消", () => acts.cancel(message), { className: "link" })] });
  }
  if (message.status === "failed") {
    return element("span", { className: "said-state said-failed", children: ["发送失败 · ", button("重新发送", () => acts.resend(message), { className: "link" })] });
  }
  // A platform says that it took the message, never that somebody read it.
  if (!chat.knows_reading && message.status !== "sending") return element("span", { className: "said-state", text: "平台已接收" });
  const [sign, words] = TICKS[message.status] ?? TICKS.sent;
  return element("span", {
    className: `said-state said-${message.status}`,
    attributes: { title: words },
    children: [element("span", { text: sign, attributes: { "aria-hidden": "true" } }), ` ${words}`],
  });
}

// What is on its way: in the words of who wrote it, with what may be done about it.
const WAITS = { sending: "发送中", waiting: "待网络恢复后发送" };
export function pendingBubble(entry, acts) {
  const isFailed = entry.state === "failed";
  return element("li", {
    className: `said said-agent said-mine said-pending${isFailed ? " said-unsent" : ""}`,
    children: [
      element("div", {
        className: "bubble-row",
        children: [
          element("div", {
            className: `bubble bubble-${entry.file ? "file" : entry.type}`,
            children: entry.file
              ? [entry.preview ? element("img", { className: "picture", attributes: { src: entry.preview, alt: entry.file.name } }) : text(`${entry.file.name}（${sizeOf(entry.file.size)}）`)]
              : content({ ...entry, file: null }),
          }),
          element("span", {
            className: `said-state${isFailed ? " said-failed" : ""}`,
            children: isFailed
              ? ["发送失败 · ", button("重新发送", () => acts.again(entry), { className: "link" }), " · ", button("删除", () => acts.drop(entry), { className: "link" })]
              : [WAITS[entry.state]],
          }),
        ],
      }),
      entry.error && element("p", { className: "said-error", text: entry.error }),
    ],
  });
}
