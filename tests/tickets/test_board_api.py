"""`GET /api/tickets/board`, `POST /api/tickets/bulk`."""

import pytest

from tests.factories import CustomerFactory, TicketFactory, UserFactory
from tickets.board import columns
from tickets.live import feed
from tickets.models import Ticket, TicketEvent, TicketWatcher
from tickets.states import TicketStatus

pytestmark = pytest.mark.django_db


def board(client, query=""):
    answer = client.get(f"/api/tickets/board{query}")
    assert answer.status_code == 200, answer.content
    body = answer.json()
    return body, {column["status"]: column for column in body["columns"]}


def ids(column):
    return [ticket["id"] for ticket in column["list"]]


# --- The board ------------------------------------------------------------------------------------


def test_each_state_has_its_newest_and_how_many_there_are(api, admin, monkeypatch):
    monkeypatch.setattr(columns, "SHOWN", 2)
    waiting = [TicketFactory().pk for _ in range(5)]
    done = TicketFactory(status="cancelled").pk
    feed.note(done, 1, "status")

    body, found = board(api(admin))
    assert [column["status"] for column in body["columns"]] == list(TicketStatus)
    assert body["seq"] == feed.current_seq(), "from where the socket goes on"
    pending = found["pending"]
    assert (pending["total"], ids(pending), pending["has_more"]) == (5, waiting[:2:-1], True)
    folded = found["cancelled"]
    assert (folded["total"], ids(folded), folded["has_more"]) == (1, [], True)
    assert (found["assigned"]["total"], found["assigned"]["has_more"]) == (0, False)

    _, more = board(api(admin), f"?column=pending&before={waiting[3]}")
    assert (ids(more["pending"]), more["pending"]["has_more"]) == (waiting[2:0:-1], True)
    _, opened = board(api(admin), "?column=cancelled")
    assert ids(opened["cancelled"]) == [done]


def test_the_board_shows_what_one_may_see_under_the_lists_filters(api, lisi, wangwu):
    customer = CustomerFactory(follow_user=lisi)
    mine = TicketFactory(customer=customer, title="打印机", assignee=lisi, status="assigned")
    TicketFactory(customer=customer, assignee=wangwu, status="assigned")
    TicketFactory()
    _, found = board(api(lisi))
    assert sum(column["total"] for column in found.values()) == 2
    _, found = board(api(lisi), "?assignee=lisi&keyword=打印")
    assert ids(found["assigned"]) == [mine.pk]
    _, counted = board(api(lisi), "?assignee=lisi&counts=true")
    assert (counted["assigned"]["total"], counted["assigned"]["list"]) == (1, [])


@pytest.mark.parametrize(
    "query",
    ["column=nowhere", "before=x", "before=-1", "before=99999999999999999999", "priority=none"],
)
def test_what_is_wrong_in_the_query_is_named(api, admin, query):
    answer = api(admin).get(f"/api/tickets/board?{query}")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["attr"] == query.partition("=")[0]


def test_a_full_board_costs_no_more_queries_than_columns(
    api, lisi, settings_read_once, django_assert_max_num_queries
):
    for status in ("pending", "assigned", "processing", "escalated"):
        for _ in range(5):
            TicketFactory(
                customer=CustomerFactory(follow_user=lisi),
                status=status,
                assignee=UserFactory() if status != "pending" else None,
            )
    client = api(lisi)
    with django_assert_max_num_queries(6):
        _, found = board(client)
    assert sum(len(column["list"]) for column in found.values()) == 20


# --- Many at once ---------------------------------------------------------------------------------


def bulk(client, **body):
    return client.post("/api/tickets/bulk", body)


def test_one_act_on_many_answers_for_each_of_them(api, lisi):
    customer = CustomerFactory(follow_user=lisi)
    open_one = TicketFactory(customer=customer)
    closed = TicketFactory(customer=customer, status="cancelled")
    foreign = TicketFactory()
    answer = bulk(
        api(lisi),
        ids=[closed.pk, open_one.pk, foreign.pk, open_one.pk],
        action="transition",
        status="escalated",
        reason="批量升级",
    )
    assert answer.status_code == 200
    done = answer.json()
    assert (done["succeeded"], done["failed"]) == (1, 2)
    assert [result["id"] for result in done["results"]] == [closed.pk, open_one.pk, foreign.pk]
    refused, fine, unseen = (result["error"] for result in done["results"])
    assert refused["code"] == "illegal_transition"
    assert "已取消" in refused["detail"]
    assert fine is None
    assert unseen["code"] == "not_found", "as if it were not there"
    assert Ticket.objects.get(pk=open_one.pk).status == "escalated"
    assert TicketEvent.objects.get().content == "批量升级"


@pytest.mark.parametrize(
    ("action", "body", "check"),
    [
        ("assign", {"assignee": "wangwu"}, lambda t: t.assigned_to == "wangwu"),
        ("priority", {"priority": "urgent"}, lambda t: t.priority == "urgent"),
        ("watch", {}, lambda t: t.watchers.count() == 1),
    ],
)
def test_every_act_there_is(api, admin, wangwu, action, body, check):
    tickets = [TicketFactory() for _ in range(3)]
    answer = bulk(api(admin), ids=[ticket.pk for ticket in tickets], action=action, **body)
    assert answer.json()["succeeded"] == 3
    assert all(check(ticket) for ticket in Ticket.objects.all())


def test_following_is_given_up_for_many(api, admin):
    ticket = TicketFactory()
    TicketWatcher.objects.create(ticket=ticket, user=admin)
    assert bulk(api(admin), ids=[ticket.pk], action="unwatch").json()["failed"] == 0
    assert not TicketWatcher.objects.exists()


@pytest.mark.parametrize(
    ("body", "attr"),
    [
        ({"ids": [1], "action": "assign"}, "assignee"),
        ({"ids": [1], "action": "assign", "assignee": "nobody"}, "assignee"),
        ({"ids": [1], "action": "transition"}, "status"),
        ({"ids": [1], "action": "transition", "status": "gone"}, "status"),
        ({"ids": [1], "action": "priority"}, "priority"),
        ({"ids": [1], "action": "delete"}, "action"),
        ({"ids": [], "action": "watch"}, "ids"),
        ({"ids": list(range(1, 202)), "action": "watch"}, "ids"),
        ({"ids": [2**63], "action": "watch"}, "ids.0"),
        ({"ids": ["x"], "action": "watch"}, "ids.0"),
    ],
)
def test_what_is_wrong_whichever_the_ticket_is_refused_before_anything(api, admin, body, attr):
    TicketFactory(pk=1)
    answer = api(admin).post("/api/tickets/bulk", body)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["attr"] == attr
    assert not TicketEvent.objects.exists()


def test_the_same_call_sent_twice_is_one(api, admin, wangwu):
    ticket = TicketFactory()
    body = {"ids": [ticket.pk], "action": "assign", "assignee": "wangwu"}
    client = api(admin)
    first, second = (
        client.post("/api/tickets/bulk", body, headers={"Idempotency-Key": "k"}) for _ in "ab"
    )
    assert first.json() == second.json()
    assert TicketEvent.objects.count() == 1
