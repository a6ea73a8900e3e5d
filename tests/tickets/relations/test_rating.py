"""What a customer says of a solution, and what follows from it."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from config.api.roles import Role
from config.runtime import store
from customers.actors import Entry, customer_actor
from messaging.models import Message
from tests.at_once import all_at_once
from tests.factories import CustomerFactory, TicketFactory, UserFactory, actor
from tickets import actions
from tickets.models import TicketRating
from tickets.states import TicketStatus

pytestmark = pytest.mark.django_db


@pytest.fixture
def zhangsan(db):
    return UserFactory(
        username="zhangsan", role=Role.CUSTOMER, customer=CustomerFactory(name="张三")
    )


@pytest.fixture
def solved(zhangsan, lisi):
    ticket = TicketFactory(customer=zhangsan.customer, assignee=lisi, status=TicketStatus.ASSIGNED)
    return actions.ticket_transition(ticket_id=ticket.pk, status="resolved", actor=actor(lisi))


def rate(client, ticket, score, comment=""):
    return client.post(f"/api/tickets/{ticket.pk}/rate", {"score": score, "comment": comment})


def test_a_customer_rates_their_solved_ticket(api, zhangsan, admin, solved):
    answer = rate(api(zhangsan), solved, 5, "很快")
    assert answer.status_code == 201
    assert (answer.json()["score"], answer.json()["assigned_to_name"]) == (5, "李四")
    for user in (zhangsan, admin):
        listed = api(user).get(f"/api/tickets/{solved.pk}/ratings").json()
        assert [row["score"] for row in listed["list"]] == [5]
    event = solved.events.last()
    assert (event.kind, event.to_value, event.content) == ("rated", "5", "很快")
    assert event.is_from_customer


def test_the_link_without_a_login_rates_too(solved):
    person = customer_actor(solved.customer, Entry.WEB)
    rating = actions.ticket_rate(ticket_id=solved.pk, score=4, comment="", actor=person)
    assert (rating.score, rating.entry) == (4, "web")


def test_only_the_customer_rates(api, admin, lisi, solved):
    stranger = UserFactory(role=Role.CUSTOMER, customer=CustomerFactory())
    assert rate(api(lisi), solved, 5).status_code == 403
    assert rate(api(admin), solved, 5).status_code == 403
    assert rate(api(stranger), solved, 5).status_code == 404
    assert not TicketRating.objects.exists()


@pytest.mark.parametrize("score", [0, 6, -1, 10**30, "x", None, 2.5])
def test_scores_are_one_to_five(api, zhangsan, solved, score):
    answer = rate(api(zhangsan), solved, score)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["attr"] == "score"


def test_what_is_not_solved_is_not_rated(api, zhangsan):
    ticket = TicketFactory(customer=zhangsan.customer)
    answer = rate(api(zhangsan), ticket, 5)
    assert answer.status_code == 409
    assert "解决之后才能评价" in answer.json()["errors"][0]["detail"]


def test_a_second_rating_changes_the_first_until_a_week_after_closing(api, zhangsan, solved, admin):
    client = api(zhangsan)
    rate(client, solved, 4)
    assert rate(client, solved, 5).status_code == 201
    assert TicketRating.objects.get().score == 5
    assert [(e.from_value, e.to_value) for e in solved.events.filter(kind="rated")] == [
        ("", "4"), ("4", "5"),
    ]  # fmt: skip
    actions.ticket_transition(ticket_id=solved.pk, status="closed", actor=actor(admin))
    with time_machine.travel(timezone.now() + timedelta(days=8)):
        assert rate(client, solved, 5).status_code == 201, "the same is no change"
        late = rate(client, solved, 3)
    assert (late.status_code, late.json()["errors"][0]["code"]) == (409, "rating_final")


def test_a_low_rating_reopens_and_tells_the_assignee_and_supervisors(
    api, zhangsan, solved, admin, run_outbox
):
    answer = rate(api(zhangsan), solved, 1, "根本没修好 <@all>")
    assert answer.status_code == 201
    solved.refresh_from_db()
    assert (solved.status, solved.cycle, solved.assigned_to) == ("processing", 2, "lisi")
    assert TicketRating.objects.get().cycle == 1
    run_outbox()
    told = {
        m.recipient: m.payload["markdown"]["content"]
        for m in Message.objects.filter(channel="WORK_WECHAT")
    }
    assert {"lisi", "admin"} <= set(told)
    assert "低分评价：1 分" in told["lisi"]
    assert "自动重开" in told["lisi"]
    assert "<@" not in told["lisi"]


def test_a_low_rating_may_be_told_only(api, zhangsan, solved, admin):
    store.change(key="ticket.low_rating", value={"score": 2, "action": "alert"}, actor=admin)
    store.forget_snapshot()
    rate(api(zhangsan), solved, 2)
    solved.refresh_from_db()
    assert solved.status == "resolved"


def test_a_low_rating_of_an_old_solution_reopens_nothing(api, zhangsan, solved):
    with time_machine.travel(timezone.now() + timedelta(days=8)):
        assert rate(api(zhangsan), solved, 1).status_code == 201
    solved.refresh_from_db()
    assert solved.status == "resolved"


def test_each_solution_is_rated_anew(api, zhangsan, solved, lisi):
    rate(api(zhangsan), solved, 1)
    actions.ticket_transition(ticket_id=solved.pk, status="resolved", actor=actor(lisi))
    rate(api(zhangsan), solved, 5)
    rows = api(zhangsan).get(f"/api/tickets/{solved.pk}/ratings").json()["list"]
    assert [(row["cycle"], row["score"]) for row in rows] == [(2, 5), (1, 1)]


def test_ratings_are_read_in_the_admin_by_whom_they_concern(client, api, zhangsan, solved, admin):
    rate(api(zhangsan), solved, 4, "不错")
    client.force_login(admin)
    text = client.get("/admin/tickets/ticketrating/").content.decode()
    assert "不错" in text
    assert "4 分" in text
    assert client.get("/admin/tickets/ticketrating/add/").status_code == 403


@pytest.mark.services_only
@pytest.mark.django_db(transaction=True)
def test_rating_many_times_at_once_leaves_one_rating(zhangsan, solved):
    acts = [
        lambda score=score: actions.ticket_rate(
            ticket_id=solved.pk, score=score, actor=actor(zhangsan)
        )
        for score in (3, 4, 5, 4, 3)
    ]
    assert all_at_once(acts) == []
    rating = TicketRating.objects.get()
    events = solved.events.filter(kind="rated")
    assert events.last().to_value == str(rating.score)
