"""What the Official Account's tables hold of a person."""

from typing import Any

from customers import personal_data
from customers.actors import Actor
from customers.models import Customer
from customers.personal_data.subject import Subject
from wechat.models import OfficialFollower, OfficialMedia


def register() -> None:
    tables = {OfficialFollower, OfficialMedia}
    personal_data.register("official_account", _collect, _erase, tables=tables)


def _collect(customer: Customer, actor: Actor) -> dict[str, Any]:
    fields = (
        *("openid", "unionid", "is_subscribed", "subscribed_at", "unsubscribed_at", "scene"),
        *("last_seen_at", "latitude", "longitude", "located_at"),
    )
    rows = OfficialFollower.objects.filter(customer=customer).order_by("pk")
    return {"followers": list(rows.values(*fields))}


def _erase(customer: Customer, subject: Subject) -> None:
    """What they sent and was not fetched goes with them."""
    OfficialFollower.objects.filter(customer=customer).delete()
