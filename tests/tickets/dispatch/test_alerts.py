"""Who is told that a ticket is theirs now, and who need not be; hand-overs and dispatch."""

from collections.abc import Callable
from typing import Any

import pytest

from messaging.models import Message
from tests.factories import AgentFactory, CustomerFactory, TicketFactory, actor
from tickets.actions import ticket_assign, ticket_transition
from tickets.dispatch.waiting import dispatch_waiting
from tickets.models import Ticket

pytestmark = pytest.mark.django_db


def told(recipient: str) -> list[str]:
    messages = Message.objects.filter(channel="WORK_WECHAT", recipient=recipient).order_by("id")
    return [message.payload["markdown"]["content"] for message in messages]


def test_whom_a_colleague_gives_a_ticket_to_is_told_with_their_words(
    lisi: Any, wangwu: Any, run_outbox: Callable[[], int]
):
    ticket = TicketFactory(customer=CustomerFactory(follow_user=lisi, name="<@all>张三"))
    ticket_assign(ticket_id=ticket.pk, assignee=wangwu, actor=actor(lisi), note="[急](x)麻烦看看")
    run_outbox()
    (text,) = told("wangwu")
    assert text.startswith(f"📌 **工单 #{ticket.pk} 分配给您**（李四）\n客户：＜@all＞张三")
    assert "> ［急］(x)麻烦看看" in text


def test_who_passes_a_ticket_on_is_not_told_that_it_is_gone(
    lisi: Any, wangwu: Any, run_outbox: Any
):
    ticket = TicketFactory(assignee=lisi, status="processing")
    ticket_assign(ticket_id=ticket.pk, assignee=wangwu, actor=actor(lisi))
    run_outbox()
    assert (len(told("lisi")), len(told("wangwu"))) == (0, 1)


def test_who_takes_a_ticket_themselves_is_told_nothing(lisi: Any, run_outbox: Any):
    ticket = TicketFactory(customer=CustomerFactory(follow_user=lisi))
    ticket_assign(ticket_id=ticket.pk, assignee=lisi, actor=actor(lisi))
    run_outbox()
    assert told("lisi") == []


def test_a_ticket_passed_on_at_once_is_only_the_last_ones(
    admin: Any, lisi: Any, wangwu: Any, run_outbox: Any
):
    ticket = TicketFactory()
    ticket_assign(ticket_id=ticket.pk, assignee=lisi, actor=actor(admin))
    ticket_assign(ticket_id=ticket.pk, assignee=wangwu, actor=actor(admin))
    run_outbox()
    (left,), (got,) = told("lisi"), told("wangwu")
    assert left.startswith(f"🔁 **工单 #{ticket.pk} 已转给王五**（管理员）")
    assert got.startswith(f"📌 **工单 #{ticket.pk} 分配给您**（管理员）")


def test_a_ticket_finished_meanwhile_is_no_news(admin: Any, lisi: Any, run_outbox: Any):
    ticket = TicketFactory()
    ticket_assign(ticket_id=ticket.pk, assignee=lisi, actor=actor(admin))
    ticket_transition(ticket_id=ticket.pk, status="resolved", actor=actor(admin))
    run_outbox()
    assert told("lisi") == []


def transfer(api: Any, admin: Any, customers: list[Any]) -> None:
    body = {"from_user": "lisi", "to_user": "wangwu", "reason": "on_job"}
    ids = [customer.pk for customer in customers]
    answer = api(admin).post("/api/v1/customers/transfer", {"customer_ids": ids, **body})
    assert answer.status_code == 200, answer.json()


def test_a_hand_over_is_one_message_and_a_full_taker_takes_it(
    api: Any, admin: Any, lisi: Any, wangwu: Any, run_outbox: Any
):
    AgentFactory(user=wangwu, max_open_tickets=1)
    customers = CustomerFactory.create_batch(12, follow_user=lisi)
    for customer in customers:
        TicketFactory(customer=customer, assignee=lisi, status="processing")
    transfer(api, admin, customers)
    run_outbox()
    assert Ticket.objects.filter(assignee=wangwu, reaction_due_at__isnull=True).count() == 12
    (text,) = told("wangwu")
    assert text.startswith("📌 **工单随客户移交给您**\n> 随客户移交：李四 → 王五\n#")
    assert text.endswith("等 12 个工单")
    assert told("lisi") == []


def test_after_the_hand_over_the_leaver_gets_nothing_and_the_taker_is_full(
    api: Any, admin: Any, lisi: Any, wangwu: Any, rule: Any
):
    rule(needs_working_hours=False)
    AgentFactory(user=lisi)
    AgentFactory(user=wangwu, max_open_tickets=1)
    customer = CustomerFactory(follow_user=lisi)
    TicketFactory(customer=customer, assignee=lisi, status="processing")
    transfer(api, admin, [customer])
    lisi.is_active = False
    lisi.save()
    ticket = TicketFactory(customer=customer)
    assert dispatch_waiting() == 0
    decision = api(admin).post(f"/api/tickets/{ticket.pk}/dispatch").json()
    assert [(c["name"], c["reason"]) for c in decision["candidates"]] == [("王五", "已达上限 1/1")]
