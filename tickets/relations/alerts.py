"""What colleagues are told of tickets that they follow, are named in, or answer for."""

from collections.abc import Iterator
from typing import Any

from customers.actors import Entry, actor_for
from customers.models import User
from messaging.markup import as_text
from messaging.staff_alerts.registry import Alert
from tickets.actions.rate import low_rating
from tickets.customer_side.links import ticket_url
from tickets.models import (
    EventKind,
    Ticket,
    TicketEvent,
    TicketRating,
    Visibility,
)
from tickets.queries.changes import change_of, in_words
from tickets.queries.supervisors import supervisors_of
from tickets.queries.watchers import watchers_of
from tickets.relations.mentions import mentioned_in
from tickets.visibility import tickets_visible_to

TITLE, WORDS = 60, 300


def mention_alert(data: dict[str, Any]) -> Iterator[Alert]:
    """Whom an internal note names."""
    found = _found(data)
    if found is None:
        return
    ticket, event = found
    if event.visibility != Visibility.INTERNAL:
        return
    for user in mentioned_in(event.content):
        if user.pk == event.actor_id:
            continue
        title = f"💬 **{as_text(event.actor_name)} 在工单备注中提到了您**"
        if _sees(user, ticket):
            yield _alert(ticket, event, user, title, _quoted(event))


def low_rating_alert(data: dict[str, Any]) -> Iterator[Alert]:
    """Who had the ticket, and their supervisors."""
    found = _found(data)
    if found is None:
        return
    ticket, event = found
    score = int(event.to_value or 0)
    rating = TicketRating.objects.filter(ticket=ticket).order_by("-cycle").first()
    if score > low_rating()["score"] or rating is None:
        return
    reopened = "工单已自动重开" if ticket.is_open else "请联系客户了解情况"
    title = f"⭐ **低分评价：{score} 分**（{reopened}）"
    people = [rating.assignee, *supervisors_of(ticket)]
    for user in {person.pk: person for person in people if person is not None}.values():
        yield _alert(ticket, event, user, title, _quoted(event))


def watcher_alert(data: dict[str, Any]) -> Iterator[Alert]:
    """Who follows the ticket, or one merged into it; nobody is told of their own acts."""
    found = _found(data)
    if found is None:
        return
    ticket, event = found
    body: list[str] | None = None
    for user in watchers_of(ticket).exclude(pk=event.actor_id or 0):
        body = body if body is not None else _what_changed(ticket, event)
        title = f"👀 **您关注的工单有新动态：{event.get_kind_display()}**"
        if _sees(user, ticket):
            yield _alert(ticket, event, user, title, body)


def _found(data: dict[str, Any]) -> tuple[Ticket, TicketEvent] | None:
    event = (
        TicketEvent.objects.filter(ticket=data["ticket_id"], sequence=data["version"])
        .select_related("ticket__customer", "ticket__assignee")
        .first()
    )
    return (event.ticket, event) if event is not None else None


def _sees(user: User, ticket: Ticket) -> bool:
    """Who followed a ticket may have lost its customer since."""
    return tickets_visible_to(actor_for(user, Entry.WECOM_APP)).filter(pk=ticket.pk).exists()


def _alert(ticket: Ticket, event: TicketEvent, user: User, title: str, body: list[str]) -> Alert:
    lines = [
        title,
        f"工单：#{ticket.pk} {as_text(ticket.title)[:TITLE]}",
        f"客户：{as_text(ticket.customer.name)}",
        f"状态：{ticket.get_status_display()} | 优先级：{ticket.get_priority_display()}",
        f"操作人：{as_text(event.actor_name)}",
        *body,
        f"[查看工单]({ticket_url(ticket)})",
    ]
    return Alert(user, "\n".join(lines), f"ticket:{ticket.pk}:{event.sequence}:{user.pk}")


def _what_changed(ticket: Ticket, event: TicketEvent) -> list[str]:
    """Old → new, and the words that were said."""
    lines = []
    match event.kind:
        case EventKind.REPLY if event.visibility == Visibility.INTERNAL:
            lines.append("内部备注：")
        case EventKind.MERGED:
            lines.append(
                f"已合并到 {event.to_value}" if event.to_value else f"{event.from_value} 已合并进来"
            )
        case EventKind.ATTACHED:
            name = as_text(event.to_value or event.from_value)[:TITLE]
            lines.append(f"附件：{name}" if event.to_value else f"已删除附件：{name}")
        case EventKind.RATED:
            lines.append(f"评分：{event.to_value} 分")
        case _:
            words = in_words(change_of(ticket, event).fields)
            lines += [as_text(words)[:WORDS]] if words else []
    return lines + _quoted(event)


def _quoted(event: TicketEvent) -> list[str]:
    return [f"> {as_text(event.content)[:WORDS]}"] if event.content else []
