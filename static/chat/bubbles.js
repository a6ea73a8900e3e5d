// Messages as bubbles. What people wrote is text; links in it are made here, and open elsewhere.
import { button, element } from "../console/dom.js";

const LINK = /https?:\/\/[^\s<>"'，。；！？、（）]+/g;
const ZONE = "Asia/Shanghai";
const STATES = { sending: "发送中", sent: "已发送", delivered: "已送达", read: "已读" };
const clock = new Intl.DateTimeFormat("zh-CN", { timeZone: ZONE, hour: "2-digit", minute: "2-digit", hour12: false });
const day = new Intl.DateTimeFormat("zh-CN", { timeZone: ZONE, month: "long", day: "numeric" });
const key = new Intl.DateTimeFormat("en-CA", { timeZone: ZONE });

export function timeWords(iso) {
  const at = new Date(iso);
  const days = Math.round((Date.parse(key.format(new Date())) - Date.parse(key.format(at))) / 86_400_000);
  const hour = clock.format(at);
  if (days <= 0) return hour;
  return days === 1 ? `昨天 ${hour}` : `${day.format(at)} ${hour}`;
}

export function linked(text) {
  const parts = [];
  let from = 0;
  for (const found of text.matchAll(LINK)) {
    parts.push(text.slice(from, found.index), outside(found[0], found[0]));
    from = found.index + found[0].length;
  }
  return [...parts, text.slice(from)].filter((part) => part !== "");
}

const outside = (href, text) =>
  element("a", { text, attributes: { href, target: "_blank", rel: "noopener noreferrer nofollow" } });

const isWeb = (url) => /^https?:\/\//i.test(url ?? "");

function size(bytes) {
  return bytes < 1024 * 1024 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / 1048576).toFixed(1)} MB`;
}

function picture(file, onPicture) {
  const image = element("img", { attributes: { src: file.url, alt: file.name, loading: "lazy", decoding: "async" } });
  return button("", () => onPicture(file.url), {
    className: "b-picture", attributes: { "aria-label": `查看图片 ${file.name}` }, children: [image],
  });
}

function attached(file, onPicture) {
  if (file.is_image) return picture(file, onPicture);
  return element("a", {
    className: "b-file", attributes: { href: `${file.url}?download=1`, download: file.name },
    children: [
      element("strong", { text: file.name }),
      element("span", { text: size(file.size) }),
    ],
  });
}

function card(data) {
  const href = isWeb(data.url) ? data.url : data.ticket_id ? `/chat/tickets/${Number(data.ticket_id)}` : null;
  const inside = [
    element("strong", { text: data.title }),
    data.description ? element("span", { text: data.description }) : null,
    href ? element("em", { text: data.ticket_id ? `查看工单 #${data.ticket_id} ›` : "查看详情 ›" }) : null,
  ];
  if (!href) return element("div", { className: "b-card", children: inside });
  return element("a", {
    className: "b-card", attributes: { href, target: "_blank", rel: "noopener noreferrer nofollow" }, children: inside,
  });
}

function content(message, acts) {
  if (message.type === "card" && message.data?.title) return [card(message.data)];
  const parts = [];
  if (message.file) parts.push(attached(message.file, acts.onPicture));
  if (message.content) parts.push(element("p", { className: "b-text", children: linked(message.content) }));
  if (message.type === "quick_replies") {
    const options = (message.data?.options ?? []).map((text) => button(text, () => acts.onOption(text), { className: "b-chip" }));
    parts.push(element("div", { className: "b-chips", children: options }));
  }
  return parts;
}

export const separator = (iso) =>
  element("p", { className: "b-time", children: [element("time", { text: timeWords(iso), attributes: { datetime: iso } })] });

export const line = (children) => element("p", { className: "b-line", children });

const face = (name) => element("span", { className: "b-face", text: [...name][0] ?? "客", attributes: { "aria-hidden": "true" } });

export function bubble(message, acts) {
  const isMine = message.sender === "customer";
  if (message.recalled_at) {
    return line([isMine ? "您撤回了一条消息" : `${message.sender_name || "客服"} 撤回了一条消息`]);
  }
  if (message.sender === "system") return line(systemWords(message));
  const node = element("div", {
    className: isMine ? "b-row b-mine" : "b-row",
    attributes: { "data-number": message.number, "data-status": message.status },
    children: [
      isMine ? null : face(message.sender_name || "客服"),
      element("div", {
        className: "b-body",
        children: [
          isMine ? null : element("span", { className: "b-name", text: message.sender_name || "客服" }),
          ...content(message, acts),
        ],
      }),
      isMine ? element("span", { className: `b-state b-state-${message.status}`, text: STATES[message.status] ?? "" }) : null,
    ],
  });
  if (isMine) longPress(node, (at) => acts.onMenu(message, at));
  return node;
}

// Where a line names the ticket that the words became, it leads there.
function systemWords({ content }) {
  // The team reads the same words of the customer.
  const words = content.replace(/^客户已/, "您已");
  const found = words.match(/工单 ?#(\d+)/);
  if (!found) return linked(words);
  const link = element("a", { text: found[0], attributes: { href: `/chat/tickets/${found[1]}`, target: "_blank", rel: "noopener" } });
  return [words.slice(0, found.index), link, words.slice(found.index + found[0].length)].filter((part) => part !== "");
}

export function unsent(letter, { onAgain, onDrop }) {
  const hasFailed = letter.state === "failed";
  const said = letter.file
    ? letter.preview
      ? element("span", { className: "b-picture", children: [element("img", { attributes: { src: letter.preview, alt: letter.file.name } })] })
      : element("div", { className: "b-file", children: [element("strong", { text: letter.file.name }), element("span", { text: size(letter.file.size) })] })
    : element("p", { className: "b-text", children: linked(letter.content) });
  return element("div", {
    className: "b-row b-mine b-unsent",
    attributes: { "data-status": letter.state },
    children: [
      element("div", { className: "b-body", children: [said] }),
      hasFailed
        ? element("span", {
          className: "b-failed",
          children: [
            element("span", { className: "b-mark", text: "!", attributes: { role: "img", "aria-label": "发送失败" } }),
            button("重发", onAgain), button("删除", onDrop),
          ],
        })
        : element("span", { className: "b-state", text: letter.state === "waiting" && !navigator.onLine ? "等待网络" : "发送中…" }),
    ],
  });
}

function longPress(node, act) {
  let timer = 0;
  const stop = () => clearTimeout(timer);
  node.addEventListener("pointerdown", (event) => {
    if (event.pointerType === "mouse") return;
    timer = setTimeout(() => act({ x: event.clientX, y: event.clientY }), 500);
  });
  for (const name of ["pointerup", "pointercancel", "pointermove"]) node.addEventListener(name, stop);
  node.addEventListener("contextmenu", (event) => {
    if (event.target.closest("a, img")) return;
    event.preventDefault();
    act({ x: event.clientX, y: event.clientY });
  });
}
