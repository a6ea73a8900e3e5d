// Who the customer is, and what else they have open.

import { available, call, query } from "../api.js";
import { element } from "../dom.js";
import { stateLabel } from "../page.js";
import { current } from "./current.js";

const OPEN = ["pending", "assigned", "processing", "escalated"];

export async function customer(body) {
  const { customer: who, id } = current();
  const [profile, others] = await Promise.all([
    available(`/api/v1/customers/${who.id}/profile`).catch(() => null),
    call(`/api/tickets?${query({ customer: who.id, status: OPEN, size: 6 })}`),
  ]);
  const open = others.list.filter((ticket) => ticket.id !== id);
  const address = profile ? `/admin/customers/customer/${who.id}/change/` : null;
  body.replaceChildren(
    element("p", {
      className: "customer-name",
      children: [address ? element("a", { text: who.name, attributes: { href: address } }) : element("strong", { text: who.name })],
    }),
    element("p", { className: "quiet-text", text: [who.company, who.phone].filter(Boolean).join(" · ") || "没有公司和手机号" }),
    tags(profile),
    element("p", { className: "panel-label", text: open.length ? "其他未完成的工单" : "没有其他未完成的工单" }),
    element("ul", { className: "panel-list", children: open.slice(0, 5).map(ticketLine) }),
  );
  return true;
}

function tags(profile) {
  const list = profile?.tags ?? [];
  return element("p", {
    className: "customer-tags",
    children: list.slice(0, 12).map((tag) => element("span", { className: "mark", text: tag.name ?? String(tag) })),
  });
}

export const ticketLine = (ticket) => element("li", {
  children: [
    element("a", { text: `#${ticket.id} ${ticket.title}`, attributes: { href: `/console/tickets/${ticket.id}` } }),
    element("span", { className: `badge badge-${ticket.status}`, text: stateLabel(ticket.status) }),
  ],
});
