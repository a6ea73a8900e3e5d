"""`/撤销`: the asker's last command of this conversation, all of it or nothing."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from config.errors import AppError
from config.runtime import store
from customers.actors import Actor
from tickets.actions.undo import ticket_undo
from tickets.models import EventKind, Ticket, TicketEvent, Visibility
from wechat.commands import meaning
from wechat.commands.changes import told
from wechat.commands.conversation import conversation_key
from wechat.commands.each import hold
from wechat.commands.proposals import proposals
from wechat.commands.records import effects_of, last_command
from wechat.commands.result import CommandResult, Effect

NOTHING = "没有可以撤销的操作"
# Colleagues or customers were told of these.
_TOLD = frozenset({EventKind.ASSIGNED, EventKind.STATUS, EventKind.WAITING, EventKind.RESUMED})


def undo(command: meaning.Undo, actor: Actor) -> CommandResult:
    assert actor.user is not None  # only members of the team command
    record = last_command(actor.user, conversation_key(actor))
    if record is None or record.undone_at is not None:
        return CommandResult(f"🤔 {NOTHING}", handled=False)
    minutes = store.get_int("ticket.undo_minutes")
    if record.created_at < timezone.now() - timedelta(minutes=minutes):
        return CommandResult(f"🤔 {NOTHING}：只能撤销 {minutes} 分钟内的命令", handled=False)
    effects = effects_of(record)
    hold([effect.ticket_id for effect in effects], actor)
    try:
        with transaction.atomic():
            lines = [_undo(effect, actor) for effect in effects]
    except AppError as error:
        return CommandResult(f"❌ {error.detail}{_way_out(effects, actor)}", handled=False)
    record.undone_at = timezone.now()
    record.save(update_fields=["undone_at"])
    if any(_was_told(effect) for effect in effects):
        lines.append("ℹ️ 已经发出的卡片和通知无法收回")
    only = effects[0].ticket_id if len(effects) == 1 else None
    return CommandResult("\n".join(lines), handled=True, ticket_id=only)


def _undo(effect: Effect, actor: Actor) -> str:
    version = Ticket.objects.values_list("version", flat=True).filter(pk=effect.ticket_id).first()
    ticket = ticket_undo(
        ticket_id=effect.ticket_id, sequence=effect.first, last=effect.last, actor=actor
    )
    ticket = Ticket.objects.select_related("assignee").get(pk=ticket.pk)
    line = told(ticket, ticket.events.filter(sequence__gt=version or 0))
    return "\n".join([f"↩️ 工单 #{ticket.pk} 已撤销", *([line] if line else [])])


def _was_told(effect: Effect) -> bool:
    ticket = Ticket.objects.get(pk=effect.ticket_id)
    events = TicketEvent.objects.filter(
        ticket=ticket, sequence__gte=effect.first, sequence__lte=effect.last
    )
    kinds = {(event.kind, event.visibility) for event in events}
    return bool(ticket.group_message_id) or any(
        kind in _TOLD or (kind != EventKind.CREATED and visibility == Visibility.PUBLIC)
        for kind, visibility in kinds
    )


def _way_out(effects: list[Effect], actor: Actor) -> str:
    ticket = Ticket.objects.filter(pk=effects[0].ticket_id).first()
    proposed = proposals(ticket) if ticket is not None else ""
    return f"。可以发：{proposed}" if proposed else ""
