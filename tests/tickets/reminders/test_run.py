"""A run over what is overdue: who is reminded, with which words, how often."""

import threading
from datetime import datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from config.runtime import store
from customers.actors import Entry, system_actor
from messaging.models import Message
from tests.at_once import all_at_once
from tests.factories import CustomerFactory, TicketFactory, UserFactory, actor
from tickets import actions
from tickets.models import SlaPolicy, Ticket, TicketReminder
from tickets.reminders.actions import RunResult, reminders_run
from tickets.states import TicketStatus

pytestmark = pytest.mark.django_db
RUN = "/api/admin/reminders/run"
DEADLINE = timezone.make_aware(datetime(2026, 2, 2, 15, 30))
SEED = """🚨 【工单超时提醒】

工单编号：#{pk}
客户：张三 (13800138000)
问题：服务器无法连接...

当前状态：processing
负责人：李四
处理进度：50%

⏰ 处理期限：2026-02-02 15:30
⏱️  已超时：12 小时
🔔 催促次数：第 1 次

@李四 请尽快处理！

---
💡 回复 "#{pk} 已解决" 可关闭工单
💡 回复 "#{pk} 升级处理" 可升级工单"""


def run(by_hand=True, **kwargs):
    return reminders_run(actor=system_actor(), by_hand=by_hand, **kwargs)


@pytest.fixture
def seed_ticket(lisi, robot):
    return TicketFactory(
        customer=CustomerFactory(name="张三", phone="+8613800138000"),
        status=TicketStatus.PROCESSING,
        progress=50,
        assignee=lisi,
        deadline=DEADLINE,
        group_chat_id="test_group_001",
    )


def test_the_reminder_is_the_seeds_word_for_word(api, admin, seed_ticket):
    with time_machine.travel(DEADLINE + timedelta(hours=12, minutes=20), tick=False):
        answer = api(admin).post(RUN)
    assert answer.status_code == 200
    assert answer.json() == {"success": True, "overdue_count": 1, "reminders_sent": 1}
    message = Message.objects.get()
    assert message.recipient == "test_group_001"
    assert message.payload == {
        "msgtype": "text",
        "text": {"content": SEED.format(pk=seed_ticket.pk), "mentioned_list": ["lisi"]},
    }


def test_three_overdue_tickets_mention_their_own(api, admin, lisi, robot, overdue):
    overdue(assignee=lisi, status=TicketStatus.ASSIGNED)
    overdue()
    overdue(assignee=lisi, status=TicketStatus.ASSIGNED, priority="urgent")
    TicketFactory(group_chat_id="test_group_001")  # in time
    answer = api(admin).post(RUN).json()
    assert answer == {"success": True, "overdue_count": 3, "reminders_sent": 3}
    payloads = Message.objects.order_by("id").values_list("payload", flat=True)
    assert [p["text"]["mentioned_list"] for p in payloads] == [["lisi"], ["@all"], ["@all"]]
    calls = [p["text"]["content"].split("\n\n")[4] for p in payloads]
    assert calls == ["@李四 请尽快处理！", "@所有人 请尽快处理！", "@所有人 请尽快处理！"]


def test_who_left_is_no_longer_mentioned_but_everybody(robot, overdue, said):
    gone = UserFactory(name="赵六", is_active=False)
    overdue(assignee=gone, status=TicketStatus.ASSIGNED)
    run()
    assert "@所有人 请尽快处理！" in said()[0]


def test_the_second_that_asks_is_answered_honestly_and_reminds_nobody(api, admin, robot, overdue):
    for _ in range(3):
        overdue()
    api(admin).post(RUN)
    again = api(admin).post(RUN).json()
    assert again == {"success": True, "overdue_count": 3, "reminders_sent": 0}
    assert Message.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_ten_runs_at_once_remind_once(robot, overdue):
    tickets = [overdue() for _ in range(3)]
    results: list[RunResult] = []
    lock = threading.Lock()

    def act():
        result = run()
        with lock:
            results.append(result)

    assert all_at_once([act] * 10) == []
    assert {result.overdue_count for result in results} == {3}
    assert sorted(result.reminders_sent for result in results) == [0] * 9 + [3]
    assert Message.objects.count() == TicketReminder.objects.count() == 3
    for ticket in tickets:
        ticket.refresh_from_db()
        assert ticket.reminder_count == 1


@pytest.mark.django_db(transaction=True)
def test_a_run_and_people_at_work_do_not_wait_for_each_other_in_a_circle(lisi, robot, overdue):
    customer = CustomerFactory(follow_user=lisi)
    tickets = [
        overdue(customer=customer, assignee=lisi, status=TicketStatus.ASSIGNED) for _ in range(8)
    ]

    def work(ticket):
        return lambda: actions.ticket_set_progress(
            ticket_id=ticket.pk, percent=50, actor=actor(lisi)
        )

    assert all_at_once([run, *map(work, tickets), run]) == []
    for ticket in Ticket.objects.all():
        numbers = list(ticket.events.order_by("sequence").values_list("sequence", flat=True))
        assert numbers == list(range(1, ticket.version + 1))


def test_the_interval_is_a_setting(robot, overdue):
    overdue()
    start = timezone.now()
    with time_machine.travel(start, tick=False):
        run()
    with time_machine.travel(start + timedelta(minutes=49), tick=False):
        assert run().reminders_sent == 0
    with time_machine.travel(start + timedelta(minutes=50), tick=False):
        assert run().reminders_sent == 1
    store.change(key="ticket.reminder_interval_minutes", value=5, actor=None)
    store.forget_snapshot()
    with time_machine.travel(start + timedelta(minutes=56), tick=False):
        assert run().reminders_sent == 1


def test_the_ticket_remembers_and_its_trail_tells(admin, robot, overdue):
    ticket = overdue()
    version = ticket.version
    with time_machine.travel(timezone.now(), tick=False):
        reminders_run(actor=actor(admin), by_hand=True)
        now = timezone.now()
    ticket.refresh_from_db()
    assert (ticket.reminder_count, ticket.last_reminder_at) == (1, now)
    assert ticket.version == version + 1
    event = ticket.events.get()
    assert (event.kind, event.to_value, event.content) == ("reminded", "第 1 次", "@所有人")
    assert (event.actor, event.entry, event.visibility) == (admin, Entry.API, "internal")
    row = TicketReminder.objects.get()
    assert (row.number, row.mentions, row.requested_by) == (1, ["@all"], admin)
    assert row.message_id == Message.objects.get().message_id


def test_editing_is_not_disturbed_by_a_reminder(api, admin, robot, overdue):
    """A reminder is a new version, yet nobody's field changed: only its trail has grown."""
    ticket = actions.ticket_create(
        customer=CustomerFactory(), description="坏了", actor=actor(admin)
    )
    Ticket.objects.filter(pk=ticket.pk).update(deadline=timezone.now() - timedelta(hours=1))
    run()
    seen = {"title": "新标题", "version": ticket.version}
    answer = api(admin).patch(f"/api/tickets/{ticket.pk}", seen, format="json")
    assert answer.status_code == 200, answer.json()
    assert answer.json()["version"] == ticket.version + 2
    assert answer.json()["reminder_count"] == 1


def test_finished_and_waiting_tickets_are_left_alone(robot, overdue):
    now = timezone.now()
    overdue(status=TicketStatus.RESOLVED, resolved_at=now)
    overdue(status=TicketStatus.CANCELLED)
    overdue(waiting_since=now)
    assert run() == RunResult(0, 0)


def test_a_reopened_ticket_counts_anew(lisi, robot, overdue):
    ticket = overdue(assignee=lisi, status=TicketStatus.ASSIGNED)
    run()
    actions.ticket_transition(ticket_id=ticket.pk, status="resolved", actor=system_actor())
    actions.ticket_reopen(ticket_id=ticket.pk, actor=system_actor())
    Ticket.objects.filter(pk=ticket.pk).update(deadline=timezone.now() - timedelta(hours=1))
    assert run().reminders_sent == 1
    ticket.refresh_from_db()
    assert ticket.reminder_count == 1
    rows = TicketReminder.objects.order_by("id").values_list("cycle", "number")
    assert list(rows) == [(1, 1), (2, 1)]


def test_a_cycle_that_comes_back_does_not_stop_the_run(robot, overdue):
    """Undoing a reopening leads to a cycle that has its rows already."""
    ticket = overdue()
    run()
    Ticket.objects.filter(pk=ticket.pk).update(reminder_count=0, last_reminder_at=None)
    assert run().reminders_sent == 1
    assert list(TicketReminder.objects.order_by("id").values_list("number", flat=True)) == [1, 2]


@pytest.mark.parametrize(
    ("late", "shown"),
    [
        (timedelta(seconds=20), "1 分钟"),
        (timedelta(minutes=59), "59 分钟"),
        (timedelta(hours=1, minutes=59), "1 小时"),
        (timedelta(hours=48), "48 小时"),
        (timedelta(hours=51), "2 天 3 小时"),
        (timedelta(hours=72), "3 天"),
    ],
)
def test_how_long_it_is_overdue_is_said_in_round_words(seed_ticket, said, late, shown):
    with time_machine.travel(DEADLINE + late, tick=False):
        run()
    assert f"⏱️  已超时：{shown}\n" in said()[0]


def test_peoples_words_are_words(robot, overdue, said):
    customer = CustomerFactory(name="#9 <@all>", phone="")
    ticket = overdue(customer=customer, description="[点我](http://x)\n" + "长" * 3000)
    run()
    lines = said()[0].splitlines()
    assert lines[2] == f"工单编号：#{ticket.pk}"
    assert lines[3] == "客户：＃9 ＜@all＞"
    assert lines[4].startswith("问题：［点我］(http://x) 长")
    assert lines[4].endswith("长...")
    assert len(said()[0].encode()) <= 2048


def test_quiet_hours_bind_the_clock_not_a_person(robot, overdue):
    overdue()
    quiet = {"start": "22:00", "end": "08:00"}
    store.change(key="ticket.reminder_quiet_hours", value=quiet, actor=None)
    store.forget_snapshot()
    night = timezone.make_aware(datetime(2027, 3, 1, 23, 0))
    assert run(by_hand=False, now=night) == RunResult(1, 0)
    assert run(by_hand=True, now=night) == RunResult(1, 1)
    morning = timezone.make_aware(datetime(2027, 3, 2, 8, 0))
    assert run(by_hand=False, now=morning) == RunResult(1, 1)


def test_tickets_with_a_service_level_are_chased_too(robot, overdue):
    policy = SlaPolicy.objects.create(name="标准", resolution_minutes=60)
    overdue(sla_policy=policy)
    assert run().reminders_sent == 1


def test_only_administrators_and_the_system_run_it(api, lisi, overdue):
    overdue()
    assert api(lisi).post(RUN).status_code == 403
    assert api().post(RUN).status_code == 401
    assert not TicketReminder.objects.exists()


@pytest.mark.parametrize("groups", [1, 50])
def test_five_hundred_tickets_take_no_more_queries_than_a_handful(
    lisi, robot, django_assert_max_num_queries, settings_read_once, groups
):
    past = timezone.now() - timedelta(hours=3)
    customers = [CustomerFactory() for _ in range(20)]
    Ticket.objects.bulk_create(
        Ticket(
            title="慢",
            description="慢",
            customer=customers[n % 20],
            assignee=lisi if n % 2 else None,
            status=TicketStatus.ASSIGNED if n % 2 else TicketStatus.PENDING,
            deadline=past,
            reminder_count=2,
            group_chat_id=f"g{n % groups}",
        )
        for n in range(500)
    )
    # SQLite writes many rows in portions, for its parameters.
    most = 32 if connection.vendor == "postgresql" else 60
    with django_assert_max_num_queries(most):
        assert run() == RunResult(500, 500)
    assert Ticket.objects.filter(status="escalated", reminder_count=3, version=2).count() == 500
