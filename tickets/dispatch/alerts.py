"""The new assignee learns of their ticket by the WeCom app."""

from typing import Any

from django.utils import timezone

from messaging.markup import as_text, cut_utf8
from messaging.staff_alerts.registry import Alert
from tickets.contributions.handover import NOTE as HANDOVER_NOTE
from tickets.models import EventKind, Ticket, TicketEvent

TITLE_BYTES, NOTE_BYTES = 300, 500


def assigned_alert(data: dict[str, Any]) -> Alert | None:
    """Nothing when they took it themselves, or it is another's or finished by now.

    A hand-over moves hundreds at once and reports to its people by itself.
    """
    event = TicketEvent.objects.filter(
        ticket=data["ticket_id"], sequence=data["version"], kind=EventKind.ASSIGNED
    ).first()
    ticket = (
        Ticket.objects.filter(pk=data["ticket_id"]).select_related("customer", "assignee").first()
    )
    if event is None or ticket is None or ticket.assignee is None or not ticket.is_open:
        return None
    if event.actor_id == ticket.assignee_id or event.content.startswith(HANDOVER_NOTE):
        return None
    if ticket.events.filter(kind=EventKind.ASSIGNED, sequence__gt=event.sequence).exists():
        return None  # whoever has it now is told by the later one
    return Alert(ticket.assignee, _text(ticket, event), f"assigned:{ticket.pk}:{event.sequence}")


def _text(ticket: Ticket, event: TicketEvent) -> str:
    customer = ticket.customer
    company = f"（{as_text(customer.company)}）" if customer.company else ""
    deadline = timezone.localtime(ticket.deadline)
    lines = [
        f"📌 **工单 #{ticket.pk} 分配给您**（{as_text(event.actor_name)}）",
        f"客户：{as_text(customer.name)}{company}",
        f"问题：{cut_utf8(as_text(ticket.title), TITLE_BYTES)}",
    ]
    if ticket.product:
        lines.append(f"产品：{as_text(ticket.product)}")
    lines.append(f"优先级：{ticket.get_priority_display()} | 期限：{deadline:%m-%d %H:%M}")
    if event.content:
        lines.append(f"> {cut_utf8(as_text(event.content), NOTE_BYTES)}")
    if ticket.reaction_due_at is not None:
        until = timezone.localtime(ticket.reaction_due_at)
        lines.append(f"请在 {until:%m-%d %H:%M} 前响应，否则将自动改派")
    lines.append(f"处理后回复：#{ticket.pk} 已处理，或 #{ticket.pk} 已解决")
    return "\n".join(lines)
