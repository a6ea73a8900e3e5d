"""What the platform's doors hold of a person: callbacks, and the notes of the synchronisation."""

from typing import Any

from django.db.models import Q

from customers import personal_data
from customers.actors import Actor
from customers.models import Customer
from customers.personal_data.scrub import naming, scrub
from customers.personal_data.subject import Subject
from wechat.models import (
    ACTIVE,
    Callback,
    CallbackStatus,
    CommandRecord,
    FollowerMirror,
    PendingQuestion,
    SyncJob,
    SyncRun,
)


def register() -> None:
    tables = {Callback, CommandRecord, FollowerMirror, PendingQuestion, SyncJob, SyncRun}
    personal_data.register("wechat", _collect, _erase, tables=tables)


def _collect(customer: Customer, actor: Actor) -> dict[str, Any]:
    """Means, not data: what they told stands in the other parts."""
    return {}


def _erase(customer: Customer, subject: Subject) -> None:
    if subject.words:
        _empty_callbacks(subject)
        naming(PendingQuestion.objects.all(), subject.words, "options").delete()
        scrub(CommandRecord.objects.all(), subject, subject.words, "reply")
    FollowerMirror.objects.filter(follower__customer=customer).update(
        name="", company="", tag_ids=[]
    )
    about = Q(key__in=subject.marks) | Q(key=str(customer.pk), kind__startswith="push")
    SyncJob.objects.filter(about).delete()
    scrub(SyncJob.objects.all(), subject, subject.words, "error")
    scrub(SyncRun.objects.all(), subject, subject.words, "report", "error")
    # Where a running one goes on is its own affair; it ends within hours.
    ended = SyncRun.objects.exclude(status__in=ACTIVE)
    scrub(ended, subject, subject.words, "cursor")
    scrub(FollowerMirror.objects.all(), subject, subject.words, "name", "company")


def _empty_callbacks(subject: Subject) -> None:
    """What the platform sent is emptied where it names them; what waits is not worked any more."""
    fields = ("payload", "reply", "passive_reply", "error", "conversation", "dedupe_key")
    for callback in naming(Callback.objects.all(), subject.words, *fields):
        callback.payload, callback.reply, callback.error = {"erased": True}, "", ""
        callback.passive_reply = ""
        callback.conversation = subject.without(callback.conversation, subject.words)
        if any(word in callback.dedupe_key for word in subject.words):
            callback.dedupe_key = f"erased-{callback.pk}"
        if callback.status == CallbackStatus.RECEIVED:
            callback.status = CallbackStatus.IGNORED
        callback.save()
