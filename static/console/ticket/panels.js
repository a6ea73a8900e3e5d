// The panels beside the ticket. Each asks for its own part, and is shown when there is such a part.

import { byId, element } from "../dom.js";
import { checklist } from "./panel_checklist.js";
import { customer } from "./panel_customer.js";
import { dispatches, secureLink, times } from "./panel_work.js";
import { links, ratings, similar, watchers } from "./panel_related.js";

// `load` draws into the body; it answers false where there is nothing to show.
// `on` names the kinds of changes after which it is to be drawn anew.
const PANELS = [
  { name: "customer", title: "客户", load: customer, on: [] },
  { name: "checklist", title: "检查清单", load: checklist, on: ["checked", "created"] },
  { name: "similar", title: "相似工单", load: similar, on: ["edited"] },
  { name: "links", title: "关联工单", load: links, on: ["linked", "merged"] },
  { name: "watchers", title: "关注人", load: watchers, on: ["edited", "reply", "assigned"] },
  { name: "ratings", title: "满意度", load: ratings, on: ["rated"] },
  { name: "dispatches", title: "派单记录", load: dispatches, on: ["dispatched", "assigned"], isFolded: true },
  { name: "times", title: "处理用时", load: times, on: ["status", "assigned", "reply", "waiting", "resumed"], isFolded: true },
  { name: "link", title: "安全链接", load: secureLink, on: [], isFolded: true },
];

const drawn = new Map();

export function setUpPanels() {
  for (const panel of PANELS) {
    const body = element("div", { className: "panel-body" });
    const node = element("details", {
      className: "panel", attributes: { hidden: true, open: !panel.isFolded },
      children: [element("summary", { children: [element("h2", { text: panel.title })] }), body],
    });
    byId("panels").append(node);
    drawn.set(panel.name, { panel, node, body });
    draw(panel.name);
  }
}

async function draw(name) {
  const { panel, node, body } = drawn.get(name);
  try {
    node.hidden = (await panel.load(body, () => draw(name))) === false;
  } catch (error) {
    body.replaceChildren(element("p", { className: "quiet-text", text: `没有取到：${error.message}` }));
    node.hidden = false;
  }
}

export function refreshPanels(kind) {
  for (const { panel } of drawn.values()) if (panel.on.includes(kind)) draw(panel.name);
}
