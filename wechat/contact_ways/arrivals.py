"""A customer who came by a contact way: its tags, its member as the owner, and the next one's turn."""

import uuid
from typing import Any

from django.db import transaction
from django.utils import timezone

from config.events.subscribers import first_time, subscribe
from customers.actions.assign import customer_assign
from customers.actions.tags import tags_add
from customers.actors import Actor, Entry, system_actor
from customers.models import Customer, CustomerStatus, Follower, FollowerStatus
from wechat.contact_ways.actions import way_took_one, ways_forget_member
from wechat.models import ContactWay

TASK = "wechat.tasks.contact_ways.hear_customer"
CONSUMER = "wechat.contact_ways"
_ARRIVALS = uuid.UUID("6f0f7f53-6f0a-4b7e-9a5d-1d1b6f6a2c11")
CREATED, FRIEND, RESIGNED = "customer.created", "customer.follower.added", "staff.resigned"


def register() -> None:
    for event_type in (CREATED, FRIEND, RESIGNED):
        subscribe(event_type, TASK)


@transaction.atomic
def hear(envelope: dict[str, Any]) -> None:
    """Each arrival counts once; whom the sync finds late is treated as any other."""
    data = envelope["data"]
    if envelope["type"] == RESIGNED:
        if first_time(CONSUMER, envelope):
            ways_forget_member(int(data["user_id"]))
        return
    # Our own doing, not the platform's news: the tags are to be set there as well.
    actor = system_actor(Entry.SYSTEM)
    for follower, way in _arrivals(envelope["type"], data):
        if first_time(CONSUMER, {"eventId": _once(follower)}):
            _welcome(follower, way, actor)


def _arrivals(event_type: str, data: dict[str, Any]) -> list[tuple[Follower, ContactWay]]:
    """New friends who came by a way of ours, the first first."""
    rows = Follower.objects.filter(customer=data["customer_id"], status=FollowerStatus.ACTIVE)
    if event_type == FRIEND:
        rows = rows.filter(wecom_user_id=data["wecom_user_id"])
    found = list(rows.exclude(state="").select_related("user").order_by("added_at", "pk"))
    states = {follower.state for follower in found}
    # One that was switched off meanwhile still says whence they came.
    ways = {way.state: way for way in ContactWay.objects.filter(state__in=states)}
    return [(follower, ways[follower.state]) for follower in found if follower.state in ways]


def _once(follower: Follower) -> str:
    """A friend made again on another day is another arrival; a second event of the same is not."""
    at = timezone.localtime(follower.added_at) if follower.added_at else None
    return uuid.uuid5(_ARRIVALS, f"{follower.pk}:{at:%Y%m%d}" if at else str(follower.pk)).hex


def _welcome(follower: Follower, way: ContactWay, actor: Actor) -> None:
    customer = Customer.objects.exclude(status=CustomerStatus.DELETED).filter(
        pk=follower.customer_id
    )
    known = customer.first()
    if known is not None and known.erased_at is None:
        tag_ids = list(way.tags.values_list("pk", flat=True))
        if tag_ids:
            tags_add(customer_id=known.pk, tag_ids=tag_ids, actor=actor)
        if known.follow_user_id is None and follower.user is not None:
            customer_assign(
                customer_id=known.pk,
                to_user=follower.user,
                actor=actor,
                note=f"渠道活码「{way.name}」",
            )
    way_took_one(way.pk)
