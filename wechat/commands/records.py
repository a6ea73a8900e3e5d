"""What each command did: so that a message acts once, and the last one can be taken back."""

from dataclasses import astuple
from datetime import datetime, timedelta

from django.utils import timezone

from config.database.locks import transaction_lock
from customers.actors import Actor
from customers.models import User
from wechat.commands.conversation import conversation_key
from wechat.commands.result import CommandResult, Effect
from wechat.models import CommandRecord

KEPT = timedelta(days=7)


def answer_to(source_id: str) -> CommandResult | None:
    """What was answered to that message, should it have come before.

    Holds its id until the transaction ends: a copy at the same time waits for the first.
    """
    transaction_lock(f"message:{source_id}")
    record = CommandRecord.objects.filter(source_id=source_id).first()
    if record is None:
        return None
    return CommandResult(record.reply, record.is_handled, record.ticket_id)


def keep(result: CommandResult, actor: Actor, source_id: str) -> None:
    """Remembers what was done, or, where a copy of the message may come, what was answered."""
    if actor.user is None or not (result.effects or source_id):
        return
    CommandRecord.objects.create(
        conversation=conversation_key(actor),
        user=actor.user,
        source_id=source_id or None,
        reply=result.text,
        is_handled=result.handled,
        ticket_id=result.ticket_id,
        effects=[list(astuple(effect)) for effect in result.effects],
    )


def last_command(user: User, conversation: str) -> CommandRecord | None:
    """The newest that left anything, done here by `user`."""
    records = CommandRecord.objects.filter(conversation=conversation, user=user)
    return records.exclude(effects=[]).order_by("-id").first()


def effects_of(record: CommandRecord) -> list[Effect]:
    return [Effect(*effect) for effect in record.effects]


def forget_old(now: datetime | None = None) -> int:
    """What no copy comes of any more, and nobody may take back."""
    before = (now or timezone.now()) - KEPT
    return CommandRecord.objects.filter(created_at__lt=before).delete()[0]
