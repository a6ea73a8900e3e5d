"""Tickets that have to do with each other, seen from both sides."""

import pytest

from config.errors import AppError
from tests.at_once import all_at_once
from tests.factories import CustomerFactory, TicketFactory, actor
from tickets import actions
from tickets.models import TicketLink

pytestmark = pytest.mark.django_db


def link(client, ticket, other, kind="blocks"):
    return client.post(f"/api/tickets/{ticket.pk}/links", {"ticket_id": other.pk, "kind": kind})


def seen(client, ticket):
    rows = client.get(f"/api/tickets/{ticket.pk}/links").json()["list"]
    return [(row["word"], row["direction"], row["ticket"]["id"]) for row in rows]


def test_each_side_reads_it_in_its_own_words(api, admin):
    first, second = TicketFactory(), TicketFactory()
    assert link(api(admin), first, second).status_code == 201
    assert seen(api(admin), first) == [("阻塞", "out", second.pk)]
    assert seen(api(admin), second) == [("被阻塞", "in", first.pk)]
    assert first.events.get().to_value == f"阻塞 #{second.pk}"
    assert second.events.get().to_value == f"被阻塞 #{first.pk}"


@pytest.mark.parametrize("kind", ["relates", "blocks"])
def test_said_twice_it_is_one(api, admin, kind):
    first, second = TicketFactory(), TicketFactory()
    link(api(admin), first, second, kind)
    assert link(api(admin), first, second, kind).status_code == 201
    assert TicketLink.objects.count() == 1
    assert first.events.count() == 1


def test_two_do_not_block_each_other_but_relate_from_either_side(api, admin):
    first, second = TicketFactory(), TicketFactory()
    link(api(admin), first, second)
    assert link(api(admin), second, first).json()["errors"][0]["code"] == "opposite_link"
    link(api(admin), first, second, "relates")
    assert link(api(admin), second, first, "relates").status_code == 201
    assert TicketLink.objects.count() == 2


def test_either_side_takes_it_back(api, admin):
    first, second = TicketFactory(), TicketFactory()
    link(api(admin), first, second)
    path = f"/api/tickets/{second.pk}/links"
    gone = api(admin).delete(path, {"ticket_id": first.pk, "kind": "blocks"})
    assert gone.status_code == 204
    assert seen(api(admin), first) == []
    assert first.events.last().from_value == f"阻塞 #{second.pk}"
    assert api(admin).delete(path, {"ticket_id": first.pk, "kind": "blocks"}).status_code == 404


def test_both_must_be_within_ones_view(api, admin, lisi):
    mine = TicketFactory(customer=CustomerFactory(follow_user=lisi))
    foreign = TicketFactory()
    assert link(api(lisi), mine, foreign).json()["errors"][0]["attr"] == "ticket_id"
    assert link(api(lisi), foreign, mine).status_code == 404
    link(api(admin), mine, foreign)
    assert seen(api(lisi), mine) == [], "a ticket outside the view is not named"


def test_nonsense_is_refused_by_name(api, admin):
    ticket = TicketFactory()
    client = api(admin)
    assert link(client, ticket, ticket).json()["errors"][0]["attr"] == "ticket_id"
    assert link(client, ticket, TicketFactory(), "x").json()["errors"][0]["attr"] == "kind"
    body = {"ticket_id": 10**30}
    assert client.post(f"/api/tickets/{ticket.pk}/links", body).status_code == 400


def test_many_links_cost_the_same_questions(api, admin, django_assert_max_num_queries):
    ticket = TicketFactory()
    for _ in range(15):
        actions.ticket_link(
            ticket_id=ticket.pk, other_id=TicketFactory().pk, kind="relates", actor=actor(admin)
        )
    client = api(admin)
    with django_assert_max_num_queries(5):
        assert len(seen(client, ticket)) == 15


@pytest.mark.services_only
@pytest.mark.django_db(transaction=True)
def test_many_linking_across_customers_at_once_do_not_lock_each_other_up(admin):
    tickets = [TicketFactory() for _ in range(4)]
    pairs = [(a, b) for a in tickets for b in tickets if a != b]
    acts = [
        lambda a=a, b=b: actions.ticket_link(
            ticket_id=a.pk, other_id=b.pk, kind="blocks", actor=actor(admin)
        )
        for a, b in pairs
    ]
    assert all_at_once(acts, foreseen=AppError) == []
    assert TicketLink.objects.count() == len(pairs) / 2
