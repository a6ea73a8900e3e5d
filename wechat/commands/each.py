"""The same act on one ticket after another: a line for each; a refusal of one leaves the others done."""

from collections.abc import Callable, Collection, Sequence

from django.db import connection, transaction

from config.errors import AppError
from customers.actors import Actor
from tickets.models import Ticket
from tickets.visibility import tickets_visible_to
from wechat.commands.changes import told
from wechat.commands.proposals import refusal
from wechat.commands.result import CommandResult, Effect

UNCHANGED = "📝 工单 #{id} 本来就是这样，没有改动"


def each(
    ticket_ids: Sequence[int],
    act: Callable[[int], str],
    actor: Actor,
    *,
    unchanged: str = UNCHANGED,
    also: Collection[int] = (),
) -> CommandResult:
    """`act` answers with its sentence; what it changed follows on the next line.

    `unchanged` is said instead when it left no event; empty: its sentence stands. `also` are tickets
    that the act changes besides.
    """
    versions = hold({*ticket_ids, *also}, actor)
    lines: list[str] = []
    effects: list[Effect] = []
    succeeded = 0
    for ticket_id in ticket_ids:
        try:
            with transaction.atomic():
                sentence = act(ticket_id)
        except AppError as error:
            lines.append(refusal(error, ticket_id, actor))
            continue
        succeeded += 1
        line, effect = _outcome(ticket_id, versions.get(ticket_id, 0))
        if effect is None and unchanged:
            lines.append(unchanged.format(id=ticket_id))
            continue
        lines += [sentence, line] if line else [sentence]
        effects += [effect] if effect else []
    return CommandResult(
        "\n".join(lines),
        succeeded > 0,
        ticket_ids[0] if len(ticket_ids) == 1 else None,
        tuple(effects),
    )


def hold(ticket_ids: Collection[int], actor: Actor) -> dict[int, int]:
    """Holds those that the actor sees until the transaction ends; their versions.

    In the order of their numbers: two who name the same ones in different orders must not wait for
    each other.
    """
    tickets = tickets_visible_to(actor).filter(pk__in=ticket_ids).order_by("pk")
    if connection.vendor == "postgresql":
        tickets = tickets.select_for_update(of=("self",), no_key=True)
    return dict(tickets.values_list("pk", "version"))


def _outcome(ticket_id: int, version: int) -> tuple[str, Effect | None]:
    ticket = Ticket.objects.select_related("assignee").get(pk=ticket_id)
    if ticket.version == version:
        return "", None
    line = told(ticket, ticket.events.filter(sequence__gt=version))
    return line, Effect(ticket_id, version + 1, ticket.version)
