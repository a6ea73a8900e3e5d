"""The new assignee learns of their ticket by the WeCom app, the former one that it is gone."""

import hashlib
from collections.abc import Iterator
from typing import Any

from django.utils import timezone

from customers.models import User
from messaging.markup import as_text, cut_utf8
from messaging.staff_alerts.registry import Alert
from tickets.contributions.handover import NOTE as HANDOVER_NOTE
from tickets.models import EventKind, Ticket, TicketEvent

TITLE_BYTES, NOTE_BYTES = 300, 500
HANDED_OVER = 10


def assigned_alert(data: dict[str, Any]) -> Iterator[Alert]:
    """The new assignee, and who had the ticket before; nobody is told of their own act."""
    event = TicketEvent.objects.filter(
        ticket=data["ticket_id"], sequence=data["version"], kind=EventKind.ASSIGNED
    ).first()
    ticket = (
        Ticket.objects.filter(pk=data["ticket_id"]).select_related("customer", "assignee").first()
    )
    if event is None or ticket is None or ticket.assignee is None or not ticket.is_open:
        return
    is_handover = event.content.startswith(HANDOVER_NOTE)
    if event.actor_id != ticket.assignee_id and _is_last(event):
        key = f"assigned:{ticket.pk}:{event.sequence}"
        given = Alert(ticket.assignee, _text(ticket, event), key)
        yield _handed_over(ticket.assignee, event) if is_handover else given
    if is_handover:
        return
    before = User.objects.filter(pk=event.before.get("assignee_id")).first()
    if before is not None and before.pk not in (event.actor_id, ticket.assignee_id):
        yield _taken_away(before, ticket, event)


def _is_last(event: TicketEvent) -> bool:
    """Else whoever has it now is told by the later one."""
    later = TicketEvent.objects.filter(ticket=event.ticket_id, sequence__gt=event.sequence)
    return not later.filter(kind=EventKind.ASSIGNED).exists()


def _taken_away(before: User, ticket: Ticket, event: TicketEvent) -> Alert:
    """So that two do not work on one ticket."""
    lines = [
        f"🔁 **工单 #{ticket.pk} 已转给{as_text(event.to_value)}**（{as_text(event.actor_name)}）",
        f"客户：{as_text(ticket.customer.name)}",
        f"问题：{cut_utf8(as_text(ticket.title), TITLE_BYTES)}",
    ]
    if event.content:
        lines.append(f"> {cut_utf8(as_text(event.content), NOTE_BYTES)}")
    return Alert(before, "\n".join(lines), f"taken-away:{ticket.pk}:{event.sequence}")


def _handed_over(taker: User, event: TicketEvent) -> Alert:
    """A hand-over brings hundreds of tickets: of one giver and one day they are one message."""
    day = timezone.localtime(event.created_at)
    midnight = day.replace(hour=0, minute=0, second=0, microsecond=0)
    with_them = Ticket.objects.filter(
        assignee=taker,
        events__kind=EventKind.ASSIGNED,
        events__content=event.content,
        events__created_at__gte=midnight,
    )
    with_them = with_them.distinct().order_by("pk")
    shown = [f"#{ticket.pk} {as_text(ticket.title)[:40]}" for ticket in with_them[:HANDED_OVER]]
    total = with_them.count()
    if total > len(shown):
        shown.append(f"等 {total} 个工单")
    lines = ["📌 **工单随客户移交给您**", f"> {as_text(event.content)}", *shown]
    digest = hashlib.sha256(event.content.encode()).hexdigest()[:12]
    return Alert(taker, "\n".join(lines), f"handed-over:{taker.pk}:{day:%Y%m%d}:{digest}")


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
