// Words as they were written, with addresses made links. Only http and https ever become one.

import { element } from "../dom.js";

const ADDRESS = /https?:\/\/[^\s<>"'，。；！？、）】」》]+/giu;
const TRAILING = /[.,;:!?)\]}]+$/u;

export function linked(text) {
  const nodes = [];
  let at = 0;
  for (const found of text.matchAll(ADDRESS)) {
    const written = found[0].replace(TRAILING, "");
    nodes.push(text.slice(at, found.index), link(written));
    at = found.index + written.length;
  }
  nodes.push(text.slice(at));
  return nodes.filter(Boolean);
}

function link(written) {
  const href = safeAddress(written);
  return href ? element("a", { text: written, attributes: { href, target: "_blank", rel: "noopener noreferrer nofollow" } }) : written;
}

export function safeAddress(written) {
  try {
    const url = new URL(written, location.href);
    return url.protocol === "http:" || url.protocol === "https:" ? url.href : null;
  } catch {
    return null;
  }
}

const KINDS = { image: "[图片]", file: "[文件]", card: "[卡片]", quick_replies: "[快捷选项]" };
export const preview = (message) => (message ? [KINDS[message.type], message.text].filter(Boolean).join(" ") : "");
