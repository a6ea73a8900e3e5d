"""What happened to tickets, in the operators' history."""

from collections.abc import Sequence

from django.urls import reverse

from config.audit import sources
from config.audit.sources import Act, Asked, Change
from customers.actors import Entry, actor_for
from customers.phone_visibility import text_shown
from tickets.models import Priority, Ticket, TicketEvent
from tickets.states import TicketStatus
from tickets.visibility import tickets_visible_to

LONGEST = 200
# A trail keeps the states' own names.
WORDS = {
    **{str(value): str(label) for value, label in (*TicketStatus.choices, *Priority.choices)},
    "open": "未完成",
    "done": "已完成",
}
LABELS = {field.name: str(field.verbose_name) for field in Ticket._meta.fields}  # noqa: SLF001


def register() -> None:
    sources.register("tickets", "工单记录", _acts)


def _acts(asked: Asked, most: int) -> Sequence[Act]:
    if asked.model not in ("", "tickets.ticket"):
        return []
    actor = actor_for(asked.user, Entry.ADMIN)
    rows = TicketEvent.objects.filter(asked.rule("tickets", "created_at", "actor_id"))
    if not actor.sees_all:
        rows = rows.filter(ticket__in=tickets_visible_to(actor).values("pk"))
    if asked.words:
        rows = rows.filter(ticket__title__icontains=asked.words)
    shown = rows.select_related("ticket").order_by("-created_at", "-id")[:most]
    return [_act(event, asked) for event in shown]


def _act(event: TicketEvent, asked: Asked) -> Act:
    changes = [
        Change(LABELS.get(name, name), *(_said(value) for value in pair))
        for name, pair in event.changes.items()
        if isinstance(pair, list) and len(pair) == 2
    ]
    if event.from_value or event.to_value:
        changes.insert(0, Change(event.get_kind_display(), *map(_said, _moved(event))))
    return Act(
        at=event.created_at,
        key=event.pk,
        who=event.actor_name,
        where=event.get_entry_display(),
        what=event.get_kind_display(),
        thing=f"工单 {event.ticket}",
        href=reverse("admin:tickets_ticket_change", args=[event.ticket_id]),
        said=text_shown(event.content[:LONGEST], asked.user),
        changes=changes,
    )


def _moved(event: TicketEvent) -> tuple[str, str]:
    return event.from_value, event.to_value


def _said(value: object) -> str:
    if value in (None, "", [], {}):
        return "—"
    return WORDS.get(str(value), str(value)[:LONGEST])
