"""`/ws/queue`: a waiting customer's place, and the moment when somebody takes their chat."""

import asyncio

import pytest

from config.api.roles import Role
from config.sockets.consumer import in_database
from customers.actors import system_actor
from tests.factories import CustomerFactory, UserFactory
from tests.tickets.chat.lifecycle.scene import begin, online
from tests.tickets.chat.live.lines import entered, next_of, opened, tell
from tickets.chat.assignment.actions import assign_waiting
from tickets.models import Chat

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def waiting():
    """Two customers who wait, in their order."""
    logins = [
        UserFactory(role=Role.CUSTOMER, customer=CustomerFactory(name=name), username=name)
        for name in ("first", "second")
    ]
    for login in logins:
        begin(login.customer)
    return logins


def test_a_place_is_told_at_once_and_again_when_it_changes(waiting, lisi):
    async def wait():
        async with (
            opened("/ws/queue", waiting[0]) as first,
            opened("/ws/queue", waiting[1]) as second,
        ):
            places = [await next_of(one, "queue.position") for one in (first, second)]
            await in_database(online)(lisi)
            await in_database(assign_waiting)(limit=1)
            assigned = await next_of(first, "chat.assigned")
            moved = await next_of(second, "queue.position")
            while moved["position"] != 1:
                moved = await next_of(second, "queue.position")
            return places, assigned, moved

    places, assigned, moved = asyncio.run(wait())
    assert [(one["status"], one["position"], one["waiting"]) for one in places] == [
        ("queued", 1, 2),
        ("queued", 2, 2),
    ]
    assert assigned["chat"]["agent"] == {"name": "李四"}
    assert (moved["position"], moved["waiting"]) == (1, 1)


def test_who_comes_when_somebody_has_taken_the_chat_is_told_that(chat, zhangsan):
    async def come():
        async with opened("/ws/queue", zhangsan) as socket:
            return await next_of(socket, "queue.position"), await next_of(socket, "chat.assigned")

    place, assigned = asyncio.run(come())
    assert (place["status"], place["chat_id"]) == ("assigned", chat.pk)
    assert assigned["chat"]["id"] == chat.pk


def test_nobody_hears_of_another_customers_place(waiting):
    stranger = UserFactory(role=Role.CUSTOMER, customer=CustomerFactory())

    async def come():
        async with opened("/ws/queue", stranger) as socket:
            return await next_of(socket, "queue.position")

    assert asyncio.run(come())["status"] == "none"
    assert asyncio.run(entered("/ws/queue")) == 4401
    assert asyncio.run(entered("/ws/queue", UserFactory())) == 4403


def test_the_console_hears_of_the_queue_and_of_colleagues(waiting, lisi, wangwu):
    async def follow():
        async with opened("/ws/console", lisi) as socket:
            queue = await next_of(socket, "queue.updated")
            await in_database(online)(wangwu)
            presence = await next_of(socket, "presence")
            last = Chat.objects.order_by("pk").last
            await in_database(_leave)(await in_database(last)())
            changed = await next_of(socket, "queue.updated")
            while changed["queue"]["waiting"] != 1:
                changed = await next_of(socket, "queue.updated")
            await tell(socket, "heartbeat")
            await next_of(socket, "alive")
            return queue, presence

    queue, presence = asyncio.run(follow())
    assert queue["queue"]["waiting"] == 2
    assert presence == {"type": "presence", "user_id": wangwu.pk, "status": "online"}


def _leave(chat):
    from django.db import transaction

    from tickets.chat.lifecycle import ending
    from tickets.chat.trail import lock_chat
    from tickets.models import EndedBy

    with transaction.atomic():
        locked = lock_chat(chat.pk, system_actor())
        ending.end(locked, actor=system_actor(), by=EndedBy.ABANDONED)
