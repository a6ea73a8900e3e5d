"""Two tickets that are one problem (`POST /api/tickets/{id}/merge`)."""

import pytest

from config.errors import AppError
from tests.at_once import all_at_once
from tests.factories import CustomerFactory, TicketFactory, actor
from tickets import actions
from tickets.models import Ticket
from tickets.states import TicketStatus

pytestmark = pytest.mark.django_db


@pytest.fixture
def twins(db):
    customer = CustomerFactory(name="张三")
    return TicketFactory(customer=customer), TicketFactory(customer=customer)


def merge(client, source, target, **more):
    return client.post(f"/api/tickets/{source.pk}/merge", {"into": target.pk, **more})


def test_one_goes_on_and_the_other_points_at_it(api, admin, twins):
    first, second = twins
    answer = merge(api(admin), second, first, reason="同一个问题")
    assert answer.status_code == 200
    assert answer.json()["id"] == first.pk
    second.refresh_from_db()
    assert (second.status, second.merged_into_id) == ("cancelled", first.pk)
    gone, stays = second.events.get(), first.events.get()
    assert (gone.kind, gone.to_value, gone.visibility) == ("merged", f"#{first.pk}", "public")
    assert (stays.kind, stays.from_value, stays.content) == (
        "merged", f"#{second.pk}", "同一个问题",
    )  # fmt: skip
    assert api(admin).get(f"/api/tickets/{second.pk}").json()["merged_into"] == first.pk


def test_whoever_acts_on_the_merged_one_is_told_where_it_went_on(api, admin, lisi, twins):
    first, second = twins
    client = api(admin)
    merge(client, second, first)
    path = f"/api/tickets/{second.pk}"
    for response in (
        client.patch(path, {"title": "x"}),
        client.post(f"{path}/reply", {"content": "x"}),
        client.post(f"{path}/assign", {"assignee": "lisi"}),
        client.post(f"{path}/transition", {"status": "resolved"}),
        client.post(f"{path}/wait"),
        client.post(f"{path}/merge", {"into": first.pk}),
    ):
        assert response.status_code == 409
        assert f"已合并到 #{first.pk}" in response.json()["errors"][0]["detail"]
        assert response.json()["merged_into"] == first.pk


def test_nothing_is_merged_into_a_merged_one(api, admin, twins):
    first, second = twins
    third = TicketFactory(customer=first.customer)
    merge(api(admin), second, first)
    refused = merge(api(admin), third, second)
    assert refused.status_code == 409
    assert f"请合并到 #{first.pk}" in refused.json()["errors"][0]["detail"]


def test_what_was_merged_into_it_goes_along(api, admin, twins):
    first, second = twins
    third = TicketFactory(customer=first.customer)
    merge(api(admin), second, first)
    assert merge(api(admin), first, third).status_code == 200
    pointing = Ticket.objects.exclude(pk=third.pk).values_list("merged_into", flat=True)
    assert set(pointing) == {third.pk}


def test_reopening_undoes_it(api, admin, twins):
    first, second = twins
    merge(api(admin), second, first)
    answer = api(admin).post(f"/api/tickets/{second.pk}/transition", {"status": "pending"})
    assert answer.status_code == 200
    assert (answer.json()["merged_into"], answer.json()["cycle"]) == (None, 2)


def test_what_cannot_be_merged(api, admin, lisi, twins):
    first, _ = twins
    client = api(admin)
    other = TicketFactory(customer=CustomerFactory(follow_user=lisi))
    closed = TicketFactory(customer=first.customer, status=TicketStatus.CANCELLED)
    assert merge(client, first, first).json()["errors"][0]["attr"] == "into"
    assert merge(client, first, other).json()["errors"][0]["code"] == "other_customer"
    assert merge(client, first, closed).status_code == 409
    assert merge(client, closed, first).status_code == 409
    assert client.post(f"/api/tickets/{first.pk}/merge", {"into": 10**12}).status_code == 400
    # 李四 sees only the other customer's.
    assert merge(api(lisi), first, other).status_code == 404
    assert merge(api(lisi), other, first).json()["errors"][0]["code"] == "not_found"
    assert not Ticket.objects.exclude(merged_into=None).exists()


@pytest.mark.services_only
@pytest.mark.django_db(transaction=True)
def test_of_two_merges_in_opposite_directions_one_wins(admin):
    customer = CustomerFactory()
    for _ in range(5):
        one, two = TicketFactory(customer=customer), TicketFactory(customer=customer)
        pairs = [(one, two), (two, one)]
        assert (
            all_at_once(
                [
                    lambda a=a, b=b: actions.ticket_merge(
                        ticket_id=a.pk, into_id=b.pk, actor=actor(admin)
                    )
                    for a, b in pairs
                ],
                foreseen=AppError,
            )
            == []
        )
        merged = Ticket.objects.filter(pk__in=(one.pk, two.pk)).exclude(merged_into=None)
        assert merged.count() == 1
