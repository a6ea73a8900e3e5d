"""A ticket's due times over its life: made, answered, edited, paused, reopened, resolved."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from config.runtime import store
from customers.actors import Entry, customer_actor
from customers.models import CustomerTag
from tests.factories import CustomerFactory, TagFactory, actor
from tickets import actions
from tickets.models import SlaState, Ticket
from tickets.tasks.sla import take_due_steps

pytestmark = pytest.mark.django_db

SHANGHAI = ZoneInfo("Asia/Shanghai")
MONDAY = "2026-03-02 09:00"


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.fixture
def clock():
    with time_machine.travel(at(MONDAY), tick=False) as traveller:
        yield traveller


def _now(ticket):
    ticket.refresh_from_db()
    return ticket


def test_without_a_policy_the_deadline_is_the_default_one(clock, open_ticket):
    ticket = _now(open_ticket())
    assert ticket.deadline == at("2026-03-03 09:00")
    assert (ticket.sla_policy, ticket.response_due_at) == (None, None)
    assert ticket.sla_state == SlaState.ON_TRACK
    # at 80 % its state follows, though nobody is told
    assert ticket.sla_check_at == at(MONDAY) + timedelta(hours=24 * 0.8)


def test_a_policy_promises_an_answer_and_a_solution(clock, policy, open_ticket):
    made = policy()
    ticket = _now(open_ticket())
    assert (ticket.sla_policy, ticket.sla_version) == (made, 1)
    assert ticket.response_due_at == at("2026-03-02 10:00")
    assert ticket.deadline == at("2026-03-02 19:00")
    assert ticket.sla_check_at == at("2026-03-02 09:30")


def test_by_the_working_clock_nights_and_weekends_do_not_count(clock, policy, open_ticket):
    clock.move_to(at("2026-03-06 17:00"))
    policy(clock="working", response_minutes=120, resolution_minutes=9 * 60)
    ticket = _now(open_ticket())
    assert ticket.response_due_at == at("2026-03-09 10:00")
    assert ticket.deadline == at("2026-03-10 09:30")
    assert ticket.sla_check_at == at("2026-03-06 18:00")


def test_over_the_national_holiday(clock, policy, open_ticket):
    clock.move_to(at("2026-09-30 17:00"))
    policy(clock="working", response_minutes=120, resolution_minutes=int(16.5 * 60))
    ticket = _now(open_ticket())
    assert ticket.response_due_at == at("2026-10-08 10:00")
    # Thursday, Friday, and the make-up Saturday
    assert ticket.deadline == at("2026-10-10 09:30")


def test_a_deadline_that_a_person_named_stays(clock, policy, open_ticket, lisi, admin):
    policy()
    policy(name="紧急", rank=1, priorities=["urgent"], resolution_minutes=60)
    named = at("2026-03-05 18:00")
    ticket = open_ticket(deadline=named)
    assert _now(ticket).deadline == named
    actions.ticket_edit(ticket_id=ticket.pk, changes={"priority": "urgent"}, actor=actor(admin))
    assert _now(ticket).deadline == named
    assert ticket.sla_policy.name == "紧急"
    assert ticket.response_due_at == at("2026-03-02 10:00")


def test_a_deadline_named_later_stays_too(clock, policy, open_ticket, admin):
    policy()
    ticket, named = open_ticket(), at("2026-03-05 18:00")
    actions.ticket_edit(ticket_id=ticket.pk, changes={"deadline": named}, actor=actor(admin))
    actions.ticket_edit(ticket_id=ticket.pk, changes={"priority": "high"}, actor=actor(admin))
    assert _now(ticket).deadline == named


def test_another_priority_another_promise_counted_from_the_beginning(
    clock, policy, open_ticket, admin
):
    policy()
    policy(name="紧急", rank=1, priorities=["urgent"], response_minutes=15, resolution_minutes=120)
    ticket = open_ticket()
    clock.shift(timedelta(minutes=30))
    actions.ticket_edit(ticket_id=ticket.pk, changes={"priority": "urgent"}, actor=actor(admin))
    assert _now(ticket).deadline == at("2026-03-02 11:00")
    assert ticket.sla_policy.name == "紧急"
    # The answer came with the edit, but too late for the new promise.
    assert ticket.sla_state == SlaState.BREACHED


def test_without_policies_an_edit_does_not_move_the_deadline(clock, open_ticket, admin):
    ticket = open_ticket()
    store.change(key="ticket.default_deadline_hours", value=2, actor=admin)
    store.forget_snapshot()
    clock.shift(timedelta(hours=1))
    actions.ticket_edit(ticket_id=ticket.pk, changes={"priority": "urgent"}, actor=actor(admin))
    assert _now(ticket).deadline == at("2026-03-03 09:00")


def test_a_policy_that_no_longer_fits_leaves_the_default_deadline(
    clock, policy, open_ticket, admin
):
    policy(products=["云服务器"])
    ticket = open_ticket(product=" 云服务器 ")
    assert _now(ticket).deadline == at("2026-03-02 19:00")
    actions.ticket_edit(ticket_id=ticket.pk, changes={"product": "别的"}, actor=actor(admin))
    assert _now(ticket).deadline == at("2026-03-03 09:00")
    assert (ticket.sla_policy, ticket.sla_version, ticket.response_due_at) == (None, None, None)


def test_a_policy_that_promises_an_answer_alone_leaves_the_default_deadline(
    clock, policy, open_ticket
):
    policy(resolution_minutes=None)
    ticket = _now(open_ticket())
    assert ticket.response_due_at == at("2026-03-02 10:00")
    assert ticket.deadline == at("2026-03-03 09:00")


def test_while_the_customer_is_waited_for_nothing_falls_due(clock, policy, open_ticket, lisi):
    policy()
    ticket = open_ticket()
    clock.shift(timedelta(hours=2))
    actions.ticket_wait(ticket_id=ticket.pk, actor=actor(lisi))
    assert _now(ticket).sla_check_at is None
    clock.shift(timedelta(days=3))
    actions.ticket_resume(ticket_id=ticket.pk, actor=actor(lisi))
    # eight of ten hours were left
    assert _now(ticket).deadline == at("2026-03-05 19:00")
    assert ticket.sla_check_at == at("2026-03-05 14:00"), "half of the time, of which two are over"


def test_what_was_left_of_working_time_is_left_in_working_time(clock, policy, open_ticket, lisi):
    policy(clock="working", response_minutes=450, resolution_minutes=900)
    ticket = open_ticket()
    assert _now(ticket).deadline == at("2026-03-03 18:00")
    clock.move_to(at("2026-03-02 11:00"))
    actions.ticket_wait(ticket_id=ticket.pk, actor=actor(lisi))
    clock.move_to(at("2026-03-06 17:30"))
    actions.ticket_reply(
        ticket_id=ticket.pk,
        content="好了",
        actor=customer_actor(ticket.customer, Entry.WEB),
    )
    # 13 hours were left: half an hour on Friday, Monday 7.5, Tuesday 5
    assert _now(ticket).deadline == at("2026-03-10 15:30")
    assert ticket.waiting_since is None


def test_what_was_overdue_before_the_wait_stays_so(clock, policy, open_ticket, lisi):
    policy()
    ticket = open_ticket()
    clock.shift(timedelta(hours=11))
    actions.ticket_wait(ticket_id=ticket.pk, actor=actor(lisi))
    clock.shift(timedelta(days=1))
    actions.ticket_resume(ticket_id=ticket.pk, actor=actor(lisi))
    assert _now(ticket).deadline == at("2026-03-02 19:00")
    assert ticket.sla_state == SlaState.BREACHED


def test_a_pause_of_no_time_changes_nothing(clock, policy, open_ticket, lisi):
    policy(clock="working")
    ticket = open_ticket()
    before = _now(ticket).deadline
    actions.ticket_wait(ticket_id=ticket.pk, actor=actor(lisi))
    actions.ticket_resume(ticket_id=ticket.pk, actor=actor(lisi))
    assert _now(ticket).deadline == before


def test_the_teams_first_word_ends_the_wait_for_an_answer(clock, policy, open_ticket, lisi):
    policy()
    ticket = open_ticket()
    clock.shift(timedelta(minutes=50))
    actions.ticket_reply(ticket_id=ticket.pk, content="在看", actor=actor(lisi))
    assert _now(ticket).responded_at == at("2026-03-02 09:50")
    assert ticket.sla_state == SlaState.ON_TRACK


def test_an_answer_that_came_late_is_a_breach(clock, policy, open_ticket, lisi):
    policy()
    ticket = open_ticket()
    clock.shift(timedelta(minutes=61))
    actions.ticket_reply(ticket_id=ticket.pk, content="在看", actor=actor(lisi))
    assert _now(ticket).sla_state == SlaState.BREACHED


def test_resolved_in_time_nothing_is_due_any_more(clock, policy, open_ticket, lisi):
    policy()
    ticket = open_ticket()
    clock.shift(timedelta(minutes=50))
    actions.ticket_transition(ticket_id=ticket.pk, status="resolved", actor=actor(lisi))
    assert _now(ticket).sla_check_at is None
    assert ticket.sla_state == SlaState.ON_TRACK


def test_resolved_late_is_a_breach_even_between_two_scans(clock, open_ticket, lisi):
    ticket = open_ticket()
    clock.shift(timedelta(hours=24, seconds=10))
    actions.ticket_transition(ticket_id=ticket.pk, status="resolved", actor=actor(lisi))
    assert _now(ticket).sla_state == SlaState.BREACHED


def test_reopened_the_clocks_begin_again(clock, policy, open_ticket, lisi):
    policy()
    ticket = open_ticket()
    clock.shift(timedelta(hours=11))
    actions.ticket_transition(ticket_id=ticket.pk, status="resolved", actor=actor(lisi))
    assert _now(ticket).sla_state == SlaState.BREACHED
    clock.move_to(at("2026-03-05 09:00"))
    actions.ticket_reopen(ticket_id=ticket.pk, actor=actor(lisi))
    assert _now(ticket).cycle == 2
    assert ticket.deadline == at("2026-03-05 19:00")
    assert ticket.response_due_at == at("2026-03-05 10:00")
    assert ticket.responded_at == at("2026-03-05 09:00"), "a colleague reopened it: they know"
    assert ticket.sla_state == SlaState.ON_TRACK
    assert ticket.sla_check_at is not None


def test_reopened_without_a_policy_the_later_deadline_holds(clock, open_ticket, lisi):
    ticket = open_ticket()
    actions.ticket_transition(ticket_id=ticket.pk, status="resolved", actor=actor(lisi))
    clock.shift(timedelta(hours=1))
    actions.ticket_reopen(ticket_id=ticket.pk, actor=actor(lisi))
    assert _now(ticket).deadline == at("2026-03-03 10:00")


def test_a_policy_for_tagged_customers_follows_their_tags(
    clock, policy, open_ticket, lisi, run_outbox
):
    from customers.actions.tags import tags_add, tags_remove

    vip = TagFactory(name="VIP")
    customer = CustomerFactory(follow_user=lisi)
    policy(rank=200)
    policy(name="VIP", tags=[vip.pk], resolution_minutes=60)
    ticket = open_ticket(customer=customer)
    finished = open_ticket(customer=customer)
    actions.ticket_transition(ticket_id=finished.pk, status="resolved", actor=actor(lisi))
    run_outbox()

    tags_add(customer_id=customer.pk, tag_ids=[vip.pk], actor=actor(lisi))
    run_outbox()
    assert _now(ticket).sla_policy.name == "VIP"
    assert ticket.deadline == at("2026-03-02 10:00")
    event = ticket.events.last()
    assert (event.kind, event.content) == ("sla", "客户标签变化")
    assert event.changes["deadline"][1].startswith("2026-03-02")
    assert _now(finished).sla_policy.name == "标准", "what is finished stays as it was"

    version = ticket.version
    tags_remove(customer_id=customer.pk, tag_ids=[vip.pk], actor=actor(lisi))
    run_outbox()
    assert _now(ticket).deadline == at("2026-03-02 19:00")
    assert ticket.version == version + 1


def test_of_a_tagged_customers_tickets_one_that_fails_holds_up_no_other(
    clock, policy, open_ticket, monkeypatch
):
    from tickets.sla import hearing

    vip, customer = TagFactory(name="VIP"), CustomerFactory()
    stuck, other = open_ticket(customer=customer), open_ticket(customer=customer)
    policy(name="VIP", tags=[vip.pk], resolution_minutes=60)
    CustomerTag.objects.create(customer=customer, tag=vip)
    recalculated = hearing.recalculated

    def failing(ticket, why):
        if ticket.pk == stuck.pk:
            raise RuntimeError("broken")
        return recalculated(ticket, why)

    monkeypatch.setattr(hearing, "recalculated", failing)
    hearing.customer_tagged({"eventId": "1", "data": {"customer_id": customer.pk}})
    assert _now(other).sla_policy.name == "VIP"


def test_tags_without_a_policy_for_tags_touch_no_ticket(
    clock, open_ticket, lisi, run_outbox, django_assert_max_num_queries
):
    from tickets.tasks.sla import hear_customer_tagged

    open_ticket()
    with django_assert_max_num_queries(1):
        hear_customer_tagged({"eventId": "1", "data": {"customer_id": 1}})


def test_a_deleted_tag_does_not_make_its_policy_everybodys(clock, policy, open_ticket, lisi):
    vip = TagFactory(name="VIP")
    policy(name="VIP", tags=[vip.pk])
    vip.delete()
    assert _now(open_ticket()).sla_policy is None


def test_a_new_version_does_not_touch_what_was_promised(clock, policy, open_ticket, admin):
    made = policy()
    ticket = open_ticket()
    policy(policy_id=made.pk, resolution_minutes=60)
    assert _now(ticket).deadline == at("2026-03-02 19:00")
    assert ticket.sla_version == 1
    # only when the ticket changes, the present words are taken
    actions.ticket_edit(ticket_id=ticket.pk, changes={"priority": "high"}, actor=actor(admin))
    assert _now(ticket).deadline == at("2026-03-02 10:00")
    assert ticket.sla_version == 2


def test_making_a_ticket_costs_few_more_queries(
    clock, policy, open_ticket, settings_read_once, django_assert_max_num_queries
):
    vip = TagFactory(name="VIP")
    policy(name="VIP", tags=[vip.pk], rank=1)
    policy()
    customer = CustomerFactory()
    ticket = Ticket(customer=customer, deadline=at(MONDAY))
    from tickets.sla.clock import start

    with django_assert_max_num_queries(2):
        start(ticket, at(MONDAY))


def test_the_ticket_says_it_in_json(clock, policy, open_ticket, api, admin):
    policy()
    ticket = open_ticket()
    answer = api(admin).get(f"/api/tickets/{ticket.pk}").json()
    assert answer["sla_state"] == "on_track"
    assert answer["response_due_at"] == "2026-03-02T10:00:00+08:00"
    assert answer["responded_at"] is None
    assert answer["waiting_since"] is None
    assert api(admin).get("/api/tickets?sla_state=breached").json()["total"] == 0
    clock.shift(timedelta(hours=11))
    take_due_steps()
    found = api(admin).get("/api/tickets?sla_state=breached").json()["list"]
    assert [row["id"] for row in found] == [ticket.pk]
