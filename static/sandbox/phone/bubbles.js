// One line of a phone's conversation. Text becomes text; only addresses of the web become links.

import { element, safeUrl } from "../dom.js";
import { clockTime, fullTime, isApart } from "../time.js";

const WAYS = { passive: "被动回复", custom: "客服消息", template: "模板消息", subscribe: "订阅消息" };
// In words to a follower the platform lets `<a href>` be a link, and shows an address as one.
const LINKS = /<a\s+href=["']([^"']+)["'][^>]*>([^<]*)<\/a>|https?:\/\/[!#-&(-;=?-~]+/g;

export function line(bubble, open) {
  if (bubble.kind === "event" || bubble.kind === "platform") {
    return element("li", { className: `line-${bubble.kind}`, text: bubble.text, attributes: { "data-id": bubble.id } });
  }
  return element("li", {
    className: bubble.mine ? "line line-mine" : "line",
    attributes: { "data-id": bubble.id, "data-way": bubble.way },
    children: [body(bubble, open), below(bubble)],
  });
}

export function apart(earlier, bubble) {
  if (!isApart(earlier, bubble.at)) return [];
  return [element("li", { className: "line-time", text: fullTime(bubble.at) })];
}

function body(bubble, open) {
  const children = {
    image: () => [element("img", { attributes: { src: here(bubble.url), alt: "客户发的图片" } })],
    template: () => template(bubble, open),
  }[bubble.kind]?.() ?? linked(bubble.text, open);
  return element("div", { className: bubble.kind === "template" ? "bubble template" : "bubble", children });
}

function template(bubble, open) {
  const parts = [element("strong", { text: "服务通知" }), element("p", { text: bubble.text })];
  if (safeUrl(bubble.url)) {
    parts.push(element("button", {
      className: "tap", text: "查看详情 ›", attributes: { type: "button" }, on: { click: () => open(here(bubble.url)) },
    }));
  }
  return parts;
}

function linked(text, open) {
  const nodes = [];
  let at = 0;
  for (const match of text.matchAll(LINKS)) {
    nodes.push(text.slice(at, match.index), anchor(match[1] ?? match[0], match[2] ?? match[0], open));
    at = match.index + match[0].length;
  }
  return [...nodes, text.slice(at)];
}

function anchor(address, words, open) {
  if (!safeUrl(address)) return document.createTextNode(words);
  return element("a", {
    text: words, attributes: { href: here(address), rel: "noopener noreferrer" },
    on: { click: (event) => { event.preventDefault(); open(here(address)); } },
  });
}

function below(bubble) {
  const words = [clockTime(bubble.at).slice(0, 5)];
  if (!bubble.mine && bubble.way) words.push(WAYS[bubble.way] ?? bubble.way);
  if (bubble.state === "pending") words.push("回调中…");
  if (bubble.state === "failed") words.push(bubble.note);
  return element("span", { className: bubble.state === "failed" ? "way way-failed" : "way", text: words.join(" · ") });
}

// The system's own pages, whatever name it knows itself by, are where this page is.
export function here(address) {
  const url = new URL(address, location.href);
  // `javascript:` and the like lead nowhere.
  if (!["http:", "https:"].includes(url.protocol)) return "about:blank";
  const isOurs = url.port === location.port && ["localhost", "127.0.0.1", location.hostname].includes(url.hostname);
  return isOurs ? location.origin + url.pathname + url.search + url.hash : url.href;
}
