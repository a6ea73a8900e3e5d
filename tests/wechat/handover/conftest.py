"""A company whose customers are the simulator's: hand-overs over real HTTP."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from customers.models import Customer, CustomerGroup, Follower, Handover, HandoverItem
from customers.tasks.handovers import advance_due_handovers
from tests.factories import UserFactory
from wechat.simulator.contacts import lifecycle, stock
from wechat.simulator.contacts.models import Follow, GroupChat, Transfer, TransferStatus

URL = "/api/v1/handovers"


@pytest.fixture
def people(platform: Any, settings: Any, lisi: Any, wangwu: Any) -> dict[str, Any]:
    """The simulator's members; 孙七 has left."""
    settings.SANDBOX_CONTACTS = 40
    zhaoliu = UserFactory(username="zhaoliu", name="赵六")
    sunqi = UserFactory(username="sunqi", name="孙七", resigned_at=timezone.now(), is_active=False)
    return {"lisi": lisi, "wangwu": wangwu, "zhaoliu": zhaoliu, "sunqi": sunqi}


@pytest.fixture
def customers_of(people: dict[str, Any]) -> Callable[[str], list[Customer]]:
    """Takes over what the simulator knows of one member's customers and groups."""

    def load(userid: str) -> list[Customer]:
        stock.ensure()
        user = people[userid]
        follows = Follow.objects.filter(userid=userid).select_related("contact").order_by("pk")
        made = Customer.objects.bulk_create(
            Customer(
                name=row.contact.name,
                external_userid=row.contact.external_userid,
                follow_user=user,
            )
            for row in follows
        )
        Follower.objects.bulk_create(
            Follower(customer=customer, user=user, wecom_user_id=userid) for customer in made
        )
        CustomerGroup.objects.bulk_create(
            CustomerGroup(chat_id=chat.chat_id, name=chat.name, owner=user, owner_userid=userid)
            for chat in GroupChat.objects.filter(owner=userid)
        )
        return made

    return load


@pytest.fixture
def begin(api: Any, admin: Any, run_outbox: Any) -> Callable[..., Handover]:
    """Dry run, start, and the first step; the case as it then stands."""

    def run(from_user: str, *candidates: str, reason: str = "on_job", **more: Any) -> Handover:
        body = {"from_user": from_user, "candidates": list(candidates), "reason": reason, **more}
        planned = api(admin).post(URL, body)
        assert planned.status_code == 201, planned.json()
        pk = planned.json()["id"]
        assert api(admin).post(f"{URL}/{pk}/start").status_code == 200
        run_outbox()
        return Handover.objects.get(pk=pk)

    return run


@pytest.fixture
def later(run_outbox: Any) -> Callable[..., Handover]:
    """The next step of the case, its time having come; `dead`: after the leases ran out too."""

    def step(handover: Handover, *, dead: bool = False) -> Handover:
        Handover.objects.filter(pk=handover.pk).exclude(next_poll_at=None).update(
            next_poll_at=timezone.now()
        )
        if dead:
            for item in HandoverItem.objects.filter(submitted_at__isnull=False):
                item.submitted_at -= timedelta(minutes=3)
                item.save()
        advance_due_handovers()
        run_outbox()
        handover.refresh_from_db()
        return handover

    return step


def transfers(*customers: Customer) -> list[int]:
    """The simulator's hand-overs of these that wait; of all when none is named."""
    rows = Transfer.objects.filter(status=TransferStatus.WAITING)
    if customers:
        rows = rows.filter(
            contact__external_userid__in=[customer.external_userid for customer in customers]
        )
    return list(rows.values_list("pk", flat=True))


def accept(*customers: Customer) -> None:
    """A day has passed and these did not object."""
    assert lifecycle.finish(transfers(*customers))


def refuse(*customers: Customer, limit: bool = False) -> None:
    status = TransferStatus.LIMIT if limit else TransferStatus.REFUSED
    assert lifecycle.fail(transfers(*customers), status)


def states(handover: Handover) -> dict[str, int]:
    found: dict[str, int] = {}
    for state in handover.items.values_list("state", flat=True):
        found[state] = found.get(state, 0) + 1
    return found
