"""What messages hold of a person."""

from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from config.errors import ConflictError
from customers import personal_data
from customers.actors import Actor
from customers.models import Customer
from customers.personal_data.scrub import naming, scrub
from customers.personal_data.subject import Subject
from messaging import tracing
from messaging.models import (
    EarlyReceipt,
    Message,
    MessageAttempt,
    MessageBatch,
    MessageStatus,
    OptOut,
    PhoneCode,
)
from messaging.models.message import WAITING
from messaging.phone_codes.masking import code_templates, without_words
from messaging.statistics import counters

_COPIED = ("recipient", "variables", "payload", "error_detail")


def register() -> None:
    personal_data.register(
        "messages",
        _collect,
        _erase,
        tables={EarlyReceipt, Message, MessageAttempt, MessageBatch, OptOut, PhoneCode},
    )


def _collect(customer: Customer, actor: Actor) -> dict[str, Any]:
    """Those sent to them; an address may have opted out."""
    addresses = [customer.phone, *customer.identifiers.values_list("address", flat=True)]
    own = _own(customer, tuple(filter(None, addresses)))
    return {
        "messages": _shown(own),
        "opt_outs": list(
            OptOut.objects.filter(address__in=filter(None, addresses)).values(
                "channel", "address", "created_at"
            )
        ),
        "phone_codes": list(
            PhoneCode.objects.filter(phone__in=filter(None, addresses)).values(
                "phone", "purpose", "address", "created_at", "used_at"
            )
        ),
    }


def _shown(own: QuerySet[Message]) -> list[dict[str, Any]]:
    """A code is for the phone that it went to, whoever asks here."""
    rows = own.order_by("pk").values(
        *("message_id", "channel", "recipient", "variables", "payload", "status"),
        *("created_at", "sent_at", "template_id"),
    )
    codes = code_templates()
    shown: list[dict[str, Any]] = []
    for row in rows:
        if row.pop("template_id") in codes:
            row |= {name: without_words(row[name]) for name in ("variables", "payload")}
        shown.append(row)
    return shown


def _own(customer: Customer, addresses: tuple[str, ...]) -> QuerySet[Message]:
    return Message.objects.filter(Q(customer=customer) | Q(recipient__in=addresses))


def _erase(customer: Customer, subject: Subject) -> None:
    own = _own(customer, subject.marks)
    # Nothing that names them is older than they are here.
    since = Message.objects.filter(created_at__gte=customer.created_at)
    others = naming(since, subject.words, *_COPIED) if subject.words else Message.objects.none()
    sending = Q(status=MessageStatus.SENDING)
    if own.filter(sending).exists() or others.filter(sending).exists():
        raise ConflictError("有消息正在发送，请稍后再试", code="message_in_flight")
    _cancel_waiting(own)
    ids = dict(own.values_list("pk", "message_id"))
    MessageAttempt.objects.filter(message__in=ids).update(detail="")
    Message.objects.filter(pk__in=ids).update(
        recipient="", variables=None, payload=None, error_detail="", dedupe_key=None
    )
    scrub(since, subject, subject.words, *_COPIED)
    scrub(MessageAttempt.objects.all(), subject, subject.words, "detail")
    scrub(MessageBatch.objects.all(), subject, subject.words, "variables")
    kept = MessageBatch.objects.filter(kept_figures__isnull=False)
    scrub(kept, subject, subject.words, "kept_figures")
    EarlyReceipt.objects.filter(recipient__in=subject.marks).delete()
    OptOut.objects.filter(address__in=subject.marks).delete()
    PhoneCode.objects.filter(phone__in=subject.marks).delete()
    scrub(OptOut.objects.all(), subject, subject.words, "reason")
    transaction.on_commit(lambda: tracing.forget_messages(ids.values()))


def _cancel_waiting(own: QuerySet[Message]) -> None:
    """What was not sent yet never will be."""
    waiting = list(own.filter(status__in=WAITING))
    Message.objects.filter(pk__in=[message.pk for message in waiting]).update(
        status=MessageStatus.CANCELLED,
        error_code="cancelled",
        error_detail="",
        finished_at=timezone.now(),
    )
    for message in waiting:
        _count_later(message)


def _count_later(message: Message) -> None:
    before, after = message.status, MessageStatus.CANCELLED
    channel, template_id, at = message.channel, message.template_id, message.created_at
    transaction.on_commit(lambda: counters.count_moved(channel, template_id, at, before, after))
