// One ticket on the board.

import { button, element } from "../dom.js";
import { priorityLabel, slaLabel, stateOf } from "../page.js";
import { ago, countdown, fullMoment } from "../time.js";

export function drawCard(ticket, { isSelected, onSelect, onMenu }) {
  const name = `#${ticket.id} ${ticket.title}`;
  return element("li", {
    className: `ticket ticket-${ticket.priority}${ticket.overdue ? " ticket-overdue" : ""}`,
    attributes: { "data-id": ticket.id, draggable: "true" },
    children: [
      element("div", {
        className: "ticket-top",
        children: [
          checkbox(name, isSelected, onSelect),
          element("a", {
            className: "ticket-name",
            attributes: { href: `/console/tickets/${ticket.id}`, draggable: "false" },
            children: [element("span", { className: "ticket-number", text: `#${ticket.id}` }), ` ${ticket.title}`],
          }),
          button("⋯", onMenu, { className: "ticket-menu", attributes: { "aria-label": `${name} 的操作`, "aria-haspopup": "dialog" } }),
        ],
      }),
      element("p", {
        className: "ticket-who",
        children: [
          element("span", { text: ticket.customer.name }),
          ticket.product && element("span", { className: "ticket-product", text: ticket.product }),
        ],
      }),
      element("p", { className: "ticket-marks", children: marks(ticket) }),
      ticket.progress > 0 && ticket.progress < 100 && progress(ticket),
      element("p", {
        className: "ticket-foot",
        children: [
          element("span", {
            className: ticket.assigned_to ? "ticket-assignee" : "ticket-assignee ticket-nobody",
            text: ticket.assigned_to_name || "未分配",
          }),
          deadline(ticket),
        ],
      }),
    ],
  });
}

function checkbox(name, isSelected, onSelect) {
  const box = element("input", {
    attributes: { type: "checkbox", "aria-label": `选择 ${name}` },
    on: { change: (event) => onSelect(event.target.checked) },
  });
  box.checked = isSelected;
  return box;
}

function marks(ticket) {
  const sla = ticket.sla_state && ticket.sla_state !== "on_track";
  return [
    ticket.priority !== "normal" && mark(`priority-${ticket.priority}`, priorityLabel(ticket.priority)),
    sla && mark(`sla-${ticket.sla_state}`, `SLA ${slaLabel(ticket.sla_state)}`),
    ticket.unanswered_since && mark("unanswered", "客户在等", `客户自 ${fullMoment(ticket.unanswered_since)} 等待答复（${ago(ticket.unanswered_since)}）`),
    ticket.waiting_since && mark("waiting", "等待客户", `自 ${fullMoment(ticket.waiting_since)}`),
    ticket.reminder_count > 0 && mark("reminded", `催 ${ticket.reminder_count}`, `已催促 ${ticket.reminder_count} 次`),
    ticket.merged_into && mark("merged", `已合并到 #${ticket.merged_into}`),
  ];
}

export const mark = (kind, text, title) => element("span", { className: `mark mark-${kind}`, text, attributes: { title } });

function progress(ticket) {
  return element("progress", { attributes: { max: 100, value: ticket.progress, "aria-label": `进度 ${ticket.progress}%` } });
}

function deadline(ticket) {
  const isOpen = stateOf(ticket.status)?.is_open;
  if (!isOpen) return element("span", { className: "ticket-due", text: ticket.resolved_at ? ago(ticket.resolved_at) : "" });
  if (ticket.waiting_since) return element("span", { className: "ticket-due", text: "计时暂停", attributes: { title: `期限 ${fullMoment(ticket.deadline)}` } });
  return element("time", {
    className: "ticket-due",
    text: countdown(ticket.deadline),
    attributes: { datetime: ticket.deadline, "data-deadline": ticket.deadline, title: `期限 ${fullMoment(ticket.deadline)}` },
  });
}

// Time passes on every card without a word from the server.
export function keepCountdowns(root) {
  setInterval(() => {
    for (const node of root.querySelectorAll("[data-deadline]")) {
      node.textContent = countdown(node.dataset.deadline);
      const isOver = new Date(node.dataset.deadline) < new Date();
      node.closest(".ticket")?.classList.toggle("ticket-overdue", isOver);
    }
  }, 30_000);
}
