"""What callbacks hold of a person: what the platform sent is emptied where it names them."""

from typing import Any

from customers import personal_data
from customers.actors import Actor
from customers.models import Customer
from customers.personal_data.scrub import naming
from customers.personal_data.subject import Subject
from wechat.models import Callback, CallbackStatus


def register() -> None:
    personal_data.register("callbacks", _collect, _erase, tables={Callback})


def _collect(customer: Customer, actor: Actor) -> dict[str, Any]:
    """Callbacks are means, not data: what they told stands in the other parts."""
    return {}


def _erase(customer: Customer, subject: Subject) -> None:
    if not subject.words:
        return
    fields = ("payload", "reply", "error", "conversation", "dedupe_key")
    for callback in naming(Callback.objects.all(), subject.words, *fields):
        callback.payload, callback.reply, callback.error = {"erased": True}, "", ""
        callback.conversation = subject.without(callback.conversation, subject.words)
        if any(word in callback.dedupe_key for word in subject.words):
            callback.dedupe_key = f"erased-{callback.pk}"
        if callback.status == CallbackStatus.RECEIVED:
            callback.status = CallbackStatus.IGNORED
        callback.save()
