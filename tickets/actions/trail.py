"""Locking a ticket, and the event that every change leaves behind."""

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

from django.db import connection
from django.db.models import F, QuerySet
from django.utils import timezone

from config.errors import ConflictError, NotAllowedError, NotFoundError
from config.events.publish import publish, publish_many
from customers.actions.history import order_key
from customers.actors import Actor
from tickets import states
from tickets.actions.versions import check_version
from tickets.models import EventKind, Ticket, TicketEvent, Visibility
from tickets.sla import clock
from tickets.snapshot import SNAPSHOT, plain
from tickets.visibility import tickets_visible_to

# A colleague who did one of these has shown that the ticket is in their hands.
_REACTIONS = frozenset(EventKind) - {
    EventKind.CREATED,
    EventKind.ASSIGNED,
    EventKind.DISPATCHED,
    EventKind.REMINDED,
    EventKind.SLA,
}

# What a customer waits for an answer to.
_CUSTOMERS_WORDS = frozenset({EventKind.CREATED, EventKind.REPLY, EventKind.ATTACHED})


def lock_ticket(
    ticket_id: int, actor: Actor, *, version: int | None = None, merged_too: bool = False
) -> Ticket:
    """The ticket, held until the transaction ends, with its customer and assignee.

    Raises `NotFoundError` when it is not there or not for this actor, `ConflictError` when
    `version` is given and the ticket was changed since, or when it was merged into another one
    and the caller does not say that it can act on such (`merged_too`).
    """
    visible = tickets_visible_to(actor).filter(pk=ticket_id)
    if connection.vendor == "postgresql":
        visible = visible.select_for_update(of=("self",), no_key=True)
    ticket = visible.select_related("customer", "assignee").first()
    if ticket is None:
        raise NotFoundError(f"找不到工单 #{ticket_id}")
    _forget_stale_assignee(ticket)
    if version is not None:
        check_version(ticket, version)
    if ticket.merged_into_id is not None and not merged_too:
        raise refuse_merged(ticket)
    remember(ticket)
    return ticket


def lock_all(tickets: QuerySet[Ticket]) -> list[Ticket]:
    """All of `tickets`, held, in the one order that everybody locks in: by their numbers."""
    if connection.vendor == "postgresql":
        tickets = tickets.select_for_update(of=("self",), no_key=True)
    locked = list(tickets.select_related("customer", "assignee").order_by("pk"))
    for ticket in locked:
        _forget_stale_assignee(ticket)
        remember(ticket)
    return locked


def _forget_stale_assignee(ticket: Ticket) -> None:
    """PostgreSQL reads a row anew when it waited for it, but not what it was joined with.

    Whoever was assigned meanwhile is missing then; they are asked for when they are needed.
    """
    if ticket.assignee_id is not None and ticket.assignee is None:
        Ticket.assignee.field.delete_cached_value(ticket)


def remember(ticket: Ticket) -> None:
    """Keeps the ticket's fields as they are, for the event that is about to change them."""
    ticket.before = {name: getattr(ticket, name) for name in SNAPSHOT}  # type: ignore[attr-defined]


def require_team(actor: Actor) -> None:
    if not actor.is_team:
        raise NotAllowedError("只有员工可以处理工单")


def record(
    ticket: Ticket,
    actor: Actor,
    kind: EventKind,
    *,
    from_value: str = "",
    to_value: str = "",
    content: str = "",
    changes: dict[str, Any] | None = None,
    visibility: Visibility = Visibility.INTERNAL,
) -> TicketEvent:
    """Writes the ticket's next event, saves the ticket with its new version, and announces it.

    The event keeps what the ticket's fields were before, as far as they differ.
    """
    _note_who_acted(ticket, actor, kind, visibility)
    ticket.version += 1
    ticket.save()
    event = _event(
        ticket,
        actor,
        kind,
        from_value=from_value,
        to_value=to_value,
        content=content,
        changes=changes or {},
        visibility=visibility,
        chat_id=actor.chat_id,
    )
    event.save(force_insert=True)
    remember(ticket)
    publish(_event_type(kind, to_value), _news(ticket, kind), key=order_key(ticket.customer_id))
    return event


class EventParts(TypedDict, total=False):
    """What an event of several says by itself."""

    from_value: str
    to_value: str
    content: str
    chat_id: str


def record_many(
    tickets: Sequence[Ticket],
    actor: Actor,
    kind: EventKind,
    parts: Mapping[int, EventParts],
    *,
    saved: Mapping[str, Any],
    visibility: Visibility = Visibility.INTERNAL,
) -> None:
    """`record` for many locked tickets that changed alike, with a handful of statements.

    `parts` are each ticket's own words by its key; `saved` are the columns that changed with their
    new values or expressions. The tickets in hand are the caller's to set.
    """
    if not tickets:
        return
    events: list[TicketEvent] = []
    news: dict[str, list[dict[str, Any]]] = {}
    for ticket in tickets:
        ticket.version += 1
        own: EventParts = {"chat_id": actor.chat_id, **parts.get(ticket.pk, {})}
        events.append(_event(ticket, actor, kind, visibility=visibility, **own))
        remember(ticket)
        event_type = _event_type(kind, own.get("to_value", ""))
        news.setdefault(event_type, []).append(_news(ticket, kind))
    Ticket.objects.filter(pk__in=[ticket.pk for ticket in tickets]).update(
        version=F("version") + 1, updated_at=timezone.now(), **saved
    )
    TicketEvent.objects.bulk_create(events)
    keys = {order_key(ticket.customer_id) for ticket in tickets}
    for event_type, items in news.items():
        publish_many(event_type, items, keys=keys)


def _note_who_acted(ticket: Ticket, actor: Actor, kind: EventKind, visibility: Visibility) -> None:
    """What an act says about who waits for whom."""
    now = timezone.now()
    if actor.user is not None and actor.is_team and kind in _REACTIONS:
        if ticket.responded_at is None:
            ticket.responded_at = now
            clock.answered(ticket, now)
        ticket.reaction_due_at = None
    is_reply = kind is EventKind.REPLY and visibility is Visibility.PUBLIC
    if is_reply and actor.is_team:
        ticket.unanswered_since = None
    if not actor.is_team and kind in _CUSTOMERS_WORDS:
        ticket.unanswered_since = ticket.unanswered_since or now


def _event(ticket: Ticket, actor: Actor, kind: EventKind, **parts: Any) -> TicketEvent:
    return TicketEvent(
        ticket=ticket,
        sequence=ticket.version,
        kind=kind,
        before=_differences(ticket),
        is_from_customer=not actor.is_team,
        actor=actor.user,
        actor_name=actor.name,
        entry=actor.entry,
        **parts,
    )


def _news(ticket: Ticket, kind: EventKind) -> dict[str, Any]:
    return {
        "ticket_id": ticket.pk,
        "kind": kind.value,
        "customer_id": ticket.customer_id,
        "status": ticket.status,
        "progress": ticket.progress,
        "assigned_to": ticket.assigned_to,
        "version": ticket.version,
    }


def refuse_merged(ticket: Ticket) -> ConflictError:
    """Whoever acts on a merged ticket is told where it went on."""
    into = ticket.merged_into_id
    return ConflictError(
        f"工单 #{ticket.pk} 已合并到 #{into}，请在 #{into} 上处理",
        code="merged",
        attr="merged_into",
        extra={"merged_into": into},
    )


def _differences(ticket: Ticket) -> dict[str, Any]:
    """JSON of the remembered fields that are no longer so; empty for a new ticket."""
    before: dict[str, Any] = getattr(ticket, "before", {})
    return {name: plain(value) for name, value in before.items() if value != getattr(ticket, name)}


def _event_type(kind: EventKind, to_value: str) -> str:
    if kind is EventKind.STATUS:
        return f"ticket.{to_value}"
    names = {EventKind.REPLY: "replied", EventKind.EDITED: "updated", EventKind.PROGRESS: "updated"}
    return f"ticket.{names.get(kind, kind.value)}"


def refuse_move(ticket: Ticket, target: str) -> ConflictError:
    """The refusal of a move that the table lacks; names the present state and the ways out."""
    now = f"工单 #{ticket.pk} 当前状态为{states.label(ticket.status)}（{ticket.status}）"
    ways_out = f"可变更为：{states.allowed_labels(ticket.status)}"
    same = ticket.status == target
    return ConflictError(
        f"{now}，无需重复操作；{ways_out}"
        if same
        else f"{now}，不能变更为{states.label(target)}；{ways_out}",
        code="illegal_transition",
        attr="status",
    )
