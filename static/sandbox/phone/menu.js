// The account's own menu, as it was last published.

import { call } from "../api.js";
import { byId, element } from "../dom.js";
import { open } from "./browser.js";
import { here } from "./bubbles.js";

const bar = byId("menu");
let shown = "";

// `tap(act, fields)` tells the platform.
export async function refreshMenu(tap) {
  const { button = [] } = await call("/official/menu");
  const now = JSON.stringify(button);
  if (now === shown) return;
  shown = now;
  bar.replaceChildren(...button.map((one) => item(one, tap)));
}

function item(one, tap) {
  const under = one.sub_button ?? [];
  const sub = element("div", { className: "menu-sub", attributes: { hidden: "" }, children: under.map((each) => button(each, () => choose(each, tap))) });
  const top = button(one, () => {
    const wasHidden = sub.hidden;
    close();
    if (under.length) sub.hidden = !wasHidden;
    else choose(one, tap);
  });
  return element("div", { className: "menu-item", children: under.length ? [top, sub] : [top] });
}

const button = (one, click) =>
  element("button", { text: one.name, attributes: { type: "button" }, on: { click } });

function close() {
  for (const sub of bar.querySelectorAll(".menu-sub")) sub.hidden = true;
}

function choose(one, tap) {
  close();
  if (one.type === "view") {
    open(here(one.url));
    return tap("view", { url: one.url });
  }
  return tap("click", { key: one.key, name: one.name });
}
