"""Greetings name whom they greet."""

from typing import Any

from customers import personal_data
from customers.actors import Actor
from customers.models import Customer
from customers.personal_data.scrub import naming
from customers.personal_data.subject import Subject
from customers.queries.profile import moment
from wechat.models import Welcome


def register() -> None:
    personal_data.register("welcomes", _collect, _erase, tables={Welcome})


def _collect(customer: Customer, actor: Actor) -> dict[str, Any]:
    if not customer.external_userid:
        return {"sent": []}
    rows = Welcome.objects.filter(external_userid=customer.external_userid).order_by("id")
    return {"sent": [{"text": row.text, "sent_at": moment(row.sent_at)} for row in rows[:100]]}


def _erase(customer: Customer, subject: Subject) -> None:
    Welcome.objects.filter(external_userid__in=subject.marks).delete()
    if subject.words:
        naming(Welcome.objects.all(), subject.words, "text", "error").update(text="", error="")
