"""Steps of a ticket: from templates, by hand, ticked off, taken away; and asked for before resolving."""

import pytest

from config.runtime import store
from tests.at_once import all_at_once
from tests.factories import CustomerFactory, TicketFactory, actor
from tickets.desk.checklists import checklist_check, checklist_start
from tickets.models import ChecklistItem, ChecklistTemplate, EventKind, Ticket, TicketEvent

pytestmark = pytest.mark.django_db


@pytest.fixture
def ticket(lisi):
    return TicketFactory(customer=CustomerFactory(follow_user=lisi), product="云服务器")


def test_a_new_ticket_gets_the_steps_of_its_product_once_each(ticket):
    ChecklistTemplate.objects.create(name="通用", items=["核实客户", "记录日志"])
    ChecklistTemplate.objects.create(name="云", products=["云服务器"], items=["记录日志", "查网络"])
    ChecklistTemplate.objects.create(name="别的", products=["官网"], items=["查备案"])
    ChecklistTemplate.objects.create(name="停用", items=["不再做"], is_active=False)
    checklist_start(ticket)
    items = ticket.checklist.values_list("position", "text")
    assert list(items) == [(1, "核实客户"), (2, "记录日志"), (3, "查网络")]


def test_without_a_template_nothing_is_put_on(ticket):
    checklist_start(ticket)
    assert not ChecklistItem.objects.exists()


def test_a_step_is_added_ticked_off_opened_again_and_taken_away(api, lisi, ticket):
    base = f"/api/tickets/{ticket.pk}/checklist"
    added = api(lisi).post(base, {"text": " 查网络 "})
    assert added.status_code == 201
    step = f"{base}/{added.json()['id']}"
    done = api(lisi).patch(step, {"done": True}).json()
    assert (done["text"], done["done"], done["done_by"]) == ("查网络", True, "李四")
    assert api(lisi).get(base).json()["done"] == 1
    assert api(lisi).patch(step, {"done": False}).json()["done_at"] is None
    assert api(lisi).delete(step).status_code == 204
    assert api(lisi).get(base).json() == {"done": 0, "total": 0, "list": []}
    trail = TicketEvent.objects.filter(ticket=ticket).values_list("kind", "to_value", "content")
    assert list(trail) == [
        (EventKind.CHECKED, state, "查网络") for state in ("added", "done", "open", "removed")
    ]


def test_ticking_twice_leaves_one_event(ticket, lisi):
    item = ChecklistItem.objects.create(ticket=ticket, position=1, text="查网络")
    for _ in range(2):
        checklist_check(item_id=item.pk, done=True, actor=actor(lisi))
    assert TicketEvent.objects.count() == 1


def test_a_step_is_found_under_its_own_ticket_only(api, lisi, ticket):
    other = TicketFactory(customer=ticket.customer)
    item = ChecklistItem.objects.create(ticket=other, position=1, text="查网络")
    assert (
        api(lisi).patch(f"/api/tickets/{ticket.pk}/checklist/{item.pk}", {"done": True}).status_code
        == 404
    )


@pytest.mark.parametrize("body", [{}, {"text": ""}, {"text": "x" * 201}, {"text": "a\x00b"}, []])
def test_a_step_without_words_is_refused(api, lisi, ticket, body):
    answer = api(lisi).post(f"/api/tickets/{ticket.pk}/checklist", body, format="json")
    assert answer.status_code == 400


def test_open_steps_hold_a_ticket_back_once_the_setting_asks_for_them(api, admin, ticket):
    ChecklistItem.objects.create(ticket=ticket, position=1, text="查网络")
    store.change(key="ticket.checklist_required", value=True, actor=admin)
    store.forget_snapshot()
    address = f"/api/tickets/{ticket.pk}/transition"
    refused = api(admin).post(address, {"status": "resolved"})
    assert refused.status_code == 409
    (error,) = refused.json()["errors"]
    assert error["code"] == "checklist_open"
    assert "查网络" in error["detail"]
    assert "pending" in error["detail"]
    assert Ticket.objects.get().status == "pending"
    assert api(admin).post(address, {"status": "processing"}).status_code == 200
    ChecklistItem.objects.all().delete()
    assert api(admin).post(address, {"status": "resolved"}).status_code == 200


def test_by_default_open_steps_hold_nothing_back(api, admin, ticket):
    ChecklistItem.objects.create(ticket=ticket, position=1, text="查网络")
    address = f"/api/tickets/{ticket.pk}/transition"
    assert api(admin).post(address, {"status": "resolved"}).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_two_who_tick_at_once_leave_one_event(ticket, lisi):
    item = ChecklistItem.objects.create(ticket=ticket, position=1, text="查网络")
    assert not all_at_once(
        [lambda: checklist_check(item_id=item.pk, done=True, actor=actor(lisi)) for _ in range(2)]
    )
    assert TicketEvent.objects.count() == 1
