"""`/ws/tickets`: what colleagues are told of tickets, and what not (contract.md §7)."""

import asyncio
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
import time_machine
from django.db import connections
from django.utils import timezone
from rest_framework_simplejwt.tokens import AccessToken

from config.sockets import line
from config.sockets.consumer import in_database
from tests.at_once import all_at_once
from tests.factories import AdminFactory, CustomerFactory, TicketFactory, UserFactory, actor
from tests.messaging.sockets import Socket
from tickets import actions
from tickets.live import attendance, consumer, feed, news, watch
from tickets.models import AgentPresence, Ticket, TicketFeedEntry, TicketViewer
from tickets.presence.actions import presence_set

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def quick_and_clean(monkeypatch):
    monkeypatch.setitem(connections.settings["default"], "CONN_MAX_AGE", 0)
    monkeypatch.setattr(watch, "LOOK_SECONDS", 0.02)
    monkeypatch.setattr(watch, "ATTENDANCE_SECONDS", 0.02)


@pytest.fixture
def boss(admin):
    return actor(admin)


@pytest.fixture
def changed(boss, run_outbox):
    """Does something to a ticket, and what workers do about it."""

    def change(act, **arguments):
        done = act(actor=boss, **arguments)
        run_outbox()
        return done

    return change


@asynccontextmanager
async def following(user, since=None):
    query = f"&since={since}" if since is not None else ""
    socket = Socket(f"/ws/tickets?token={AccessToken.for_user(user)}{query}", [])
    connected, code = await socket.connect()
    assert connected, code
    try:
        yield socket
    finally:
        await socket.leave()


async def next_of(socket, *kinds):
    """The next frame of these kinds; what stands between them is of no matter here."""
    while True:
        frame = await socket.frame()
        if frame["type"] in kinds:
            return frame


async def all_until_now(socket):
    """What is said before the number that ends a greeting."""
    frames = []
    while (frame := await socket.frame())["type"] != "seq":
        frames.append(frame)
    return frames


async def nobody_looks():
    while await in_database(TicketViewer.objects.exists)():
        await asyncio.sleep(0)


# --- What is told ---------------------------------------------------------------------------------


def test_a_change_is_told_with_the_tickets_json_and_a_higher_number(admin, api, changed):
    ticket = TicketFactory()

    async def follow():
        async with following(admin) as socket:
            hello = await socket.frame()
            await in_database(changed)(
                actions.ticket_transition, ticket_id=ticket.pk, status="processing"
            )
            return hello, await next_of(socket, "ticket.updated")

    hello, told = asyncio.run(follow())
    assert hello == {"type": "hello", "seq": 0}
    assert told["kind"] == "status"
    assert told["seq"] > hello["seq"]
    assert told["ticket"] == api(admin).get(f"/api/tickets/{ticket.pk}").json()


def test_each_hears_of_the_tickets_they_may_see_and_of_no_other(admin, lisi, wangwu, changed):
    mine = TicketFactory(customer=CustomerFactory(follow_user=lisi))
    theirs = TicketFactory(customer=CustomerFactory(follow_user=wangwu))

    async def follow():
        heard = {}
        async with (
            following(admin) as of_admin,
            following(lisi) as of_lisi,
            following(wangwu) as of_wangwu,
        ):
            sockets = {"admin": of_admin, "lisi": of_lisi, "wangwu": of_wangwu}
            for socket in sockets.values():
                await all_until_now(socket)
            for ticket in (theirs, mine):
                await in_database(changed)(
                    actions.ticket_reply, ticket_id=ticket.pk, content="在看"
                )
            await in_database(changed)(actions.ticket_assign, ticket_id=mine.pk, assignee=wangwu)
            for name, socket in sockets.items():
                heard[name] = []
                last = mine.pk
                while not heard[name] or heard[name][-1][1] != 3 or heard[name][-1][0] != last:
                    frame = await next_of(socket, "ticket.updated")
                    version = frame["ticket"]["version"]
                    heard[name].append((frame["ticket"]["id"], version + (version == 2)))
        return {name: {pk for pk, _ in frames} for name, frames in heard.items()}

    heard = asyncio.run(follow())
    assert heard["admin"] == {mine.pk, theirs.pk}
    assert heard["lisi"] == {mine.pk}
    assert heard["wangwu"] == {mine.pk, theirs.pk}, "the first from when it became theirs"


def test_a_ticket_that_is_taken_away_is_gone_with_all_of_its_customer(lisi, wangwu, changed):
    customer = CustomerFactory()
    ticket, sibling = TicketFactory(customer=customer), TicketFactory(customer=customer)
    never_seen = TicketFactory()
    changed(actions.ticket_assign, ticket_id=ticket.pk, assignee=lisi)

    async def follow():
        async with following(lisi) as socket:
            await all_until_now(socket)
            for pk in (never_seen.pk, ticket.pk):
                await in_database(changed)(actions.ticket_assign, ticket_id=pk, assignee=wangwu)
            return {(await next_of(socket, "ticket.gone", "ticket.updated"))["id"] for _ in "ab"}

    assert asyncio.run(follow()) == {ticket.pk, sibling.pk}


def test_what_a_look_costs_does_not_grow_with_the_tickets(
    admin, lisi, boss, django_assert_num_queries
):
    for _ in range(3):
        ticket = TicketFactory(customer=CustomerFactory(follow_user=lisi))
        feed.note(ticket.pk, 1, "reply")
    with django_assert_num_queries(5):
        found = news.news_after(0, {admin.pk, lisi.pk})
    assert {len(frames) for frames in found.frames.values()} == {3}
    with django_assert_num_queries(1):
        news.news_after(found.seq, {admin.pk, lisi.pk})


# --- Coming back ----------------------------------------------------------------------------------


def test_who_comes_back_gets_what_they_missed_once_for_each_ticket(admin, changed):
    first, second = TicketFactory(), TicketFactory()
    changed(actions.ticket_reply, ticket_id=first.pk, content="一")
    since = feed.current_seq()
    for word in "二三":
        changed(actions.ticket_reply, ticket_id=second.pk, content=word)
    changed(actions.ticket_reply, ticket_id=first.pk, content="四")

    async def follow():
        async with following(admin, since) as socket:
            return await all_until_now(socket)

    hello, *missed = asyncio.run(follow())
    assert hello == {"type": "hello", "seq": feed.current_seq()}
    assert [(frame["ticket"]["id"], frame["ticket"]["version"]) for frame in missed] == [
        (second.pk, 2),
        (first.pk, 2),
    ]


@pytest.mark.parametrize(
    ("since", "is_reload"),
    [("5", True), ("6", False), ("7", False), ("8", True), ("-1", False), ("x", False)],
)
def test_a_number_that_cannot_be_gone_on_from_means_loading_again(admin, since, is_reload):
    """Kept are 7 alone and nothing older; 8 was never given out."""
    ticket = TicketFactory()
    TicketFeedEntry.objects.create(pk=7, ticket=ticket, version=1, kind="reply")

    async def follow():
        async with following(admin, since) as socket:
            return [frame["type"] for frame in await all_until_now(socket)]

    assert ("ticket.reload" in asyncio.run(follow())) == is_reload


def test_who_missed_too_much_loads_again(admin, monkeypatch):
    monkeypatch.setattr(news, "REPLAYED", 2)
    tickets = [TicketFactory() for _ in range(3)]
    for ticket in tickets:
        feed.note(ticket.pk, 1, "reply")
    oldest = TicketFeedEntry.objects.earliest("pk").pk
    assert news.missed_by(admin.pk, since=oldest - 1, until=feed.current_seq()) is None
    assert len(news.missed_by(admin.pk, since=oldest, until=feed.current_seq())) == 2


def test_a_page_that_reconnects_while_four_work_at_once_sees_every_final_version(admin, boss):
    tickets = [TicketFactory() for _ in range(20)]

    def work(worker):
        for number in range(50):
            ticket = tickets[(worker + number) % len(tickets)]
            event = actions.ticket_reply(ticket_id=ticket.pk, content="改动", actor=boss)
            feed.note(ticket.pk, event.sequence, event.kind)

    def work_at_once():
        return all_at_once([lambda n=number: work(n) for number in range(4)])

    async def follow():
        seen, since = {}, None

        def look(frame):
            assert frame["seq"] > (since or 0), "numbers only grow"
            seen[frame["ticket"]["id"]] = frame["ticket"]["version"]
            return frame["seq"]

        working = asyncio.create_task(asyncio.to_thread(work_at_once))
        for _ in range(3):
            async with following(admin, since) as socket:
                for frame in (await all_until_now(socket))[1:]:
                    since = look(frame)
                for _ in range(3):
                    since = look(await next_of(socket, "ticket.updated"))
        async with following(admin, since) as socket:
            unforeseen = await working
            final = await in_database(dict)(Ticket.objects.values_list("pk", "version"))
            while seen != final:
                since = look(await next_of(socket, "ticket.updated"))
        return unforeseen, final

    unforeseen, final = asyncio.run(follow())
    assert unforeseen == []
    assert sum(final.values()) == 200


# --- The feed -------------------------------------------------------------------------------------


def test_an_event_delivered_twice_is_noted_once(boss, run_outbox):
    ticket = TicketFactory()
    actions.ticket_reply(ticket_id=ticket.pk, content="好", actor=boss)
    envelope = {
        "eventId": "a" * 32,
        "type": "ticket.replied",
        "data": {"ticket_id": ticket.pk, "version": 1, "kind": "reply"},
    }
    for _ in range(2):
        feed.note_event(envelope)
    assert TicketFeedEntry.objects.count() == 1


def test_old_entries_go_and_the_number_stays():
    ticket = TicketFactory()
    for version in (1, 2):
        feed.note(ticket.pk, version, "reply")
    newest = feed.current_seq()
    with time_machine.travel(timezone.now() + timedelta(days=8)):
        assert feed.purge() == 1
    assert feed.current_seq() == newest


# --- Who is there ---------------------------------------------------------------------------------


def test_two_who_look_at_one_ticket_know_of_each_other(admin, lisi, wangwu):
    ticket = TicketFactory(customer=CustomerFactory(follow_user=lisi))
    look = f'{{"type": "viewing", "ticket_id": {ticket.pk}}}'

    async def follow():
        async with following(admin) as first, following(wangwu) as stranger:
            await first.say(look)
            assert (await next_of(first, "ticket.viewers"))["viewers"] == []
            await stranger.say(look)
            async with following(lisi) as second:
                await second.say(look)
                came = await next_of(first, "ticket.viewers")
                there = await next_of(second, "ticket.viewers")
            left = await next_of(first, "ticket.viewers")
        await asyncio.wait_for(nobody_looks(), 10)
        return came, there, left

    came, there, left = asyncio.run(follow())
    assert came == {
        "type": "ticket.viewers",
        "ticket_id": ticket.pk,
        "viewers": [{"id": lisi.pk, "name": "李四"}],
    }
    assert there["viewers"] == [{"id": admin.pk, "name": "管理员"}]
    assert left["viewers"] == []


def test_who_looks_elsewhere_looks_here_no_more(admin, lisi):
    customer = CustomerFactory(follow_user=lisi)
    ticket, other = TicketFactory(customer=customer), TicketFactory(customer=customer)

    async def follow():
        async with following(admin) as first, following(lisi) as second:
            for socket in (first, second):
                await socket.say(f'{{"type": "viewing", "ticket_id": {ticket.pk}}}')
            while (frame := await next_of(first, "ticket.viewers"))["viewers"] == []:
                pass
            await second.say(f'{{"type": "viewing", "ticket_id": {other.pk}}}')
            return frame, await next_of(first, "ticket.viewers")

    before, after = asyncio.run(follow())
    assert [viewer["name"] for viewer in before["viewers"]] == ["李四"]
    assert after["viewers"] == []


@pytest.mark.parametrize(
    "said",
    [f'{{"type": "viewing", "ticket_id": {value}}}' for value in ('"1"', "true", "-1", "9" * 20)]
    + ['{"type": "viewing"}'],
)
def test_nonsense_about_where_one_looks_is_no_matter(admin, changed, said):
    ticket = TicketFactory()

    async def follow():
        async with following(admin) as socket:
            await socket.say(said)
            await all_until_now(socket)
            await in_database(changed)(actions.ticket_reply, ticket_id=ticket.pk, content="好")
            return await next_of(socket, "ticket.updated")

    assert asyncio.run(follow())["ticket"]["id"] == ticket.pk


def test_a_page_shows_that_its_user_is_there_and_is_heard_once_in_a_while(lisi, monkeypatch):
    writes, write = [], attendance._note_seen
    monkeypatch.setattr(attendance, "_note_seen", lambda who: writes.append(who) or write(who))
    presence_set(user=lisi, status="online", holds_for=None)
    AgentPresence.objects.update(seen_at=None)

    async def follow():
        async with following(lisi) as socket, following(lisi) as another:
            await all_until_now(socket)
            await all_until_now(another)
            for _ in range(50):
                await socket.say('{"type": "heartbeat"}')
            while (seen := await in_database(AgentPresence.objects.get)()).seen_at is None:
                await asyncio.sleep(0)
            return seen.seen_at

    assert asyncio.run(follow()) is not None
    assert writes == [{lisi.pk}], "one write, however many pages and heartbeats"


def test_who_is_switched_off_is_let_go_and_hears_nothing_before(lisi, changed, monkeypatch):
    monkeypatch.setattr(watch, "STANDING_SECONDS", 0.02)
    UserFactory()

    def switch_off():
        lisi.is_active = False
        lisi.save()

    async def follow():
        async with following(lisi) as socket:
            await all_until_now(socket)
            await in_database(switch_off)()
            return await socket.receive_output(10)

    assert asyncio.run(follow()) == {"type": "websocket.close", "code": 4403}


def test_who_does_not_read_is_dropped_and_the_others_go_on(admin, changed, monkeypatch):
    monkeypatch.setattr(line, "QUEUED_FRAMES", 3)
    ticket = TicketFactory()

    async def never(self, encoded):
        if self.user_id != admin.pk:
            await asyncio.Event().wait()
        else:
            await self.send(text_data=encoded)

    monkeypatch.setattr(consumer.TicketConsumer, "tell", never)

    slow = AdminFactory(username="slow")

    async def follow():
        async with following(slow) as stuck, following(admin) as sound:
            await all_until_now(sound)
            for number in range(5):
                await in_database(changed)(
                    actions.ticket_reply, ticket_id=ticket.pk, content=str(number)
                )
                await next_of(sound, "ticket.updated")
            return await stuck.receive_output(10)

    assert asyncio.run(follow()) == {"type": "websocket.close", "code": 1013}
