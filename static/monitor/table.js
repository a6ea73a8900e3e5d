// A plain table: what a chart shows, for who cannot see it or would rather read it.

import { element } from "../console/dom.js";

// `rows` are lists of texts or nodes; the first of each is its heading.
export function table(caption, heads, rows) {
  return element("table", {
    children: [
      element("caption", { className: "visually-hidden", text: caption }),
      element("thead", {
        children: [element("tr", { children: heads.map((text) => element("th", { text, attributes: { scope: "col" } })) })],
      }),
      element("tbody", {
        children: rows.map(([first, ...others]) => element("tr", {
          children: [
            element("th", { attributes: { scope: "row" }, children: [first] }),
            ...others.map((text) => element("td", { children: [text] })),
          ],
        })),
      }),
    ],
  });
}
