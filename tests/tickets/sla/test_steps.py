"""The ladder: who is told, when, in which words, and once."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import IntegrityError, transaction

from config.events.models import OutboxEntry
from config.runtime import store
from messaging.models import Message
from tests.factories import CustomerFactory, RobotFactory, TagFactory, UserFactory, actor
from tickets import actions
from tickets.actions.undo import ticket_undo
from tickets.models import AgentProfile, SlaState, SlaStep
from tickets.sla import steps
from tickets.tasks.sla import take_due_steps

pytestmark = pytest.mark.django_db

START = datetime(2026, 3, 2, 9, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture(autouse=True)
def no_robot(settings):
    """Unless a test sets one up."""
    settings.GROUP_WEBHOOK_URL = ""


@pytest.fixture
def clock():
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


@pytest.fixture
def boss(db, lisi):
    found = UserFactory(username="boss", name="主管王")
    AgentProfile.objects.create(user=lisi, supervisor=found)
    return found


@pytest.fixture
def solution(policy):
    """Ten hours for the solution, no word about the answer."""
    return policy(response_minutes=None)


def _sent():
    """What was accepted since the tickets' cards: (channel, to whom, words)."""
    found = []
    for message in Message.objects.order_by("id"):
        body = message.payload[message.payload["msgtype"]]["content"]
        if "新工单" not in body:
            found.append((message.channel, message.recipient, body))
    return found


def _at(clock, hours):
    clock.move_to(START + timedelta(hours=hours))
    take_due_steps()


def test_the_ladder_from_the_assignee_to_the_group(clock, solution, boss, lisi, open_ticket):
    RobotFactory()
    ticket = open_ticket()

    _at(clock, 4.99)
    assert _sent() == []
    _at(clock, 5)
    assert [(channel, to) for channel, to, _ in _sent()] == [("WORK_WECHAT", "lisi")]
    _at(clock, 8)
    assert [(channel, to) for channel, to, _ in _sent()[1:]] == [
        ("WORK_WECHAT", "lisi"),
        ("WORK_WECHAT", "boss"),
    ]
    _at(clock, 10)
    assert [(channel, to) for channel, to, _ in _sent()[3:]] == [
        ("GROUP_BOT", "test_group_001"),
        ("WORK_WECHAT", "boss"),
    ]
    assert list(SlaStep.objects.values_list("percent", "target", "cycle", "policy_version")) == [
        (50, "resolution", 1, 1), (80, "resolution", 1, 1), (100, "resolution", 1, 1),
    ]  # fmt: skip
    ticket.refresh_from_db()
    assert ticket.sla_check_at is None
    _at(clock, 1000)
    assert len(_sent()) == 5


def test_the_words_name_ticket_customer_target_and_time(clock, solution, boss, open_ticket):
    RobotFactory()
    ticket = open_ticket()
    _at(clock, 8)
    words = _sent()[0][2].splitlines()
    assert words[:5] == [
        f"**#{ticket.pk} ⏰ 解决时限已用 80%**",
        "客户：张三",
        "问题：服务器无法连接",
        "解决期限：2026-03-02 19:00，还剩 2 小时",
        "负责人：李四",
    ]
    assert words[6] == f"回复“#{ticket.pk} 已解决”可关闭工单"
    assert "/t/" in words[7]
    _at(clock, 10.5)
    group = Message.objects.filter(channel="GROUP_BOT").last()
    assert group.payload["text"]["mentioned_list"] == ["lisi"]
    assert group.payload["text"]["content"].splitlines()[0] == f"#{ticket.pk} 🚨 解决已超时"
    assert "解决期限：2026-03-02 19:00，已超 30 分钟" in group.payload["text"]["content"]


def test_working_time_is_called_so(clock, policy, boss, open_ticket):
    policy(response_minutes=None, resolution_minutes=900, clock="working")
    open_ticket()
    _at(clock, 24)
    assert "还剩 7 小时 30 分（工作时间）" in _sent()[0][2]


def test_markup_of_customers_does_nothing(clock, solution, boss, open_ticket):
    open_ticket(
        customer=CustomerFactory(name="<@all>", company="[点我](http://x)"), description="**急**"
    )
    _at(clock, 5)
    words = _sent()[0][2]
    assert "<@all>" not in words
    assert "[点我]" not in words
    assert "**急**" not in words


def test_nobody_assigned_the_group_is_told(clock, solution, boss, open_ticket):
    RobotFactory()
    ticket = open_ticket(assignee=None)
    _at(clock, 5)
    ((channel, to, words),) = _sent()
    assert (channel, to) == ("GROUP_BOT", "test_group_001")
    assert f"还没有负责人：回复“#{ticket.pk} 分配给@同事”来指定" in words
    group = Message.objects.last()
    assert group.payload["text"]["mentioned_list"] == ["@all"]


def test_without_a_robot_the_supervisors_are_told(clock, solution, boss, open_ticket, admin):
    open_ticket(assignee=None)
    _at(clock, 5)
    assert [(channel, to) for channel, to, _ in _sent()] == [("WORK_WECHAT", "admin")]


def test_an_assignee_whom_wecom_does_not_know_is_told_through_the_group(
    clock, solution, open_ticket
):
    RobotFactory()
    open_ticket(assignee=UserFactory(username="new", wecom_user_id=None))
    _at(clock, 5)
    assert [(channel, to) for channel, to, _ in _sent()] == [("GROUP_BOT", "test_group_001")]


def test_with_nobody_to_tell_the_step_is_taken_all_the_same(clock, solution, open_ticket, admin):
    admin.wecom_user_id = None
    admin.save()
    ticket = open_ticket(assignee=None)
    _at(clock, 5)
    assert _sent() == []
    assert ticket.events.last().content == "解决 50%；已通知：无人可通知"


def test_steps_that_were_missed_are_one_message_naming_the_highest(
    clock, solution, boss, open_ticket
):
    RobotFactory()
    ticket = open_ticket()
    _at(clock, 8.5)
    assert [to for _, to, _ in _sent()] == ["lisi", "boss"]
    assert "已用 80%" in _sent()[0][2]
    assert list(SlaStep.objects.values_list("percent", flat=True)) == [50, 80]
    event = ticket.events.last()
    assert event.content == "解决 50%、80%；已通知：李四、主管王"


def test_both_targets_at_once_are_one_message(clock, policy, boss, open_ticket):
    policy(response_minutes=300)
    open_ticket()
    _at(clock, 5)
    channels = {channel for channel, _, _ in _sent()}
    assert channels == {"WORK_WECHAT"}, "no robot: the supervisor instead of the group"
    assert [to for _, to, _ in _sent()] == ["lisi", "boss"]
    words = _sent()[0][2]
    assert "首次响应已超时" in words.splitlines()[0]
    assert "首次响应期限：2026-03-02 14:00，刚刚到期" in words
    assert "解决期限：2026-03-02 19:00，还剩 5 小时" in words
    assert SlaStep.objects.count() == 4


def test_an_answer_in_time_ends_the_answers_ladder(clock, policy, lisi, open_ticket):
    policy(resolution_minutes=None)
    ticket = open_ticket()
    clock.move_to(START + timedelta(minutes=20))
    actions.ticket_reply(ticket_id=ticket.pk, content="在看", actor=actor(lisi))
    _at(clock, 2)
    assert _sent() == []
    assert not SlaStep.objects.exists()
    ticket.refresh_from_db()
    assert ticket.sla_state == SlaState.ON_TRACK


def test_what_is_resolved_climbs_no_further(clock, solution, lisi, open_ticket):
    ticket = open_ticket()
    clock.move_to(START + timedelta(hours=4))
    actions.ticket_transition(ticket_id=ticket.pk, status="resolved", actor=actor(lisi))
    _at(clock, 20)
    assert _sent() == []


def test_while_the_customer_is_waited_for_nobody_is_told(clock, solution, lisi, open_ticket):
    ticket = open_ticket()
    actions.ticket_wait(ticket_id=ticket.pk, actor=actor(lisi))
    _at(clock, 20)
    assert _sent() == []
    actions.ticket_resume(ticket_id=ticket.pk, actor=actor(lisi))
    _at(clock, 24.9)
    assert _sent() == []
    _at(clock, 25)
    assert [to for _, to, _ in _sent()] == ["lisi"]


def test_reopened_it_climbs_the_ladder_again(clock, solution, boss, lisi, open_ticket):
    ticket = open_ticket()
    _at(clock, 5)
    actions.ticket_transition(ticket_id=ticket.pk, status="resolved", actor=actor(lisi))
    actions.ticket_reopen(ticket_id=ticket.pk, actor=actor(lisi))
    _at(clock, 10)
    assert list(SlaStep.objects.values_list("cycle", "percent")) == [(1, 50), (2, 50)]
    assert len(_sent()) == 2


def test_a_step_is_not_taken_twice_when_the_deadline_moves_back(
    clock, solution, boss, lisi, open_ticket
):
    ticket = open_ticket()
    _at(clock, 5)
    later = START + timedelta(hours=30)
    actions.ticket_edit(ticket_id=ticket.pk, changes={"deadline": later}, actor=actor(lisi))
    _at(clock, 16)
    assert len(_sent()) == 1
    _at(clock, 24)
    assert "已用 80%" in _sent()[1][2]


def test_rungs_beyond_the_end_call_again(clock, policy, boss, open_ticket):
    policy(response_minutes=None, ladder=[{"percent": 150, "tell": ["supervisor"]}])
    ticket = open_ticket()
    _at(clock, 10)
    ticket.refresh_from_db()
    assert (ticket.sla_state, _sent()) == (SlaState.BREACHED, [])
    _at(clock, 15)
    ((_, to, words),) = _sent()
    assert to == "boss"
    assert "已超时（已用 150%）" in words


def test_the_state_follows_and_a_breach_stays(clock, solution, lisi, open_ticket):
    ticket = open_ticket()
    states = []
    for hours in (7.9, 8, 9.9, 10):
        _at(clock, hours)
        ticket.refresh_from_db()
        states.append(str(ticket.sla_state))
    assert states == ["on_track", "at_risk", "at_risk", "breached"]
    later = START + timedelta(days=9)
    actions.ticket_edit(ticket_id=ticket.pk, changes={"deadline": later}, actor=actor(lisi))
    ticket.refresh_from_db()
    assert ticket.sla_state == SlaState.BREACHED


def test_what_was_at_risk_is_on_track_with_more_time(clock, solution, lisi, open_ticket):
    ticket = open_ticket()
    _at(clock, 9)
    later = START + timedelta(days=9)
    actions.ticket_edit(ticket_id=ticket.pk, changes={"deadline": later}, actor=actor(lisi))
    ticket.refresh_from_db()
    assert ticket.sla_state == SlaState.ON_TRACK


def test_without_a_policy_the_state_follows_and_nobody_is_told(clock, boss, open_ticket):
    RobotFactory()
    ticket = open_ticket()
    OutboxEntry.objects.all().delete()
    _at(clock, 24 * 0.8)
    ticket.refresh_from_db()
    assert ticket.sla_state == SlaState.AT_RISK
    (pushed,) = OutboxEntry.objects.filter(name="ticket.sla")
    assert pushed.payload["data"]["version"] == ticket.version
    event = ticket.events.last()
    assert (event.kind, event.from_value, event.to_value) == ("sla", "正常", "即将超时")
    _at(clock, 24)
    ticket.refresh_from_db()
    assert ticket.sla_state == SlaState.BREACHED
    assert ticket.sla_check_at is None
    assert _sent() == []
    assert not SlaStep.objects.exists()


def test_a_step_is_announced_to_the_staffs_pages(clock, solution, boss, open_ticket):
    ticket = open_ticket()
    OutboxEntry.objects.all().delete()
    _at(clock, 8)
    (event,) = OutboxEntry.objects.filter(name="ticket.sla")
    ticket.refresh_from_db()
    assert event.payload["data"] == {
        "ticket_id": ticket.pk,
        "kind": "sla",
        "customer_id": ticket.customer_id,
        "status": "assigned",
        "progress": 0,
        "assigned_to": "lisi",
        "version": ticket.version,
    }
    event = ticket.events.last()
    assert event.changes == {"sla_state": ["on_track", "at_risk"]}
    assert (event.actor, event.visibility) == (None, "internal")


def test_a_step_does_not_look_like_an_answer(clock, policy, boss, open_ticket):
    policy()
    ticket = open_ticket()
    _at(clock, 0.5)
    ticket.refresh_from_db()
    assert ticket.responded_at is None


def test_a_ticket_that_cannot_be_worked_leaves_the_others_their_turn(
    clock, solution, boss, lisi, open_ticket, monkeypatch
):
    poisoned, sound = open_ticket(), open_ticket()
    known = steps.tell

    def tell(ticket, *rest):
        if ticket.pk == poisoned.pk:
            raise RuntimeError("out of order")
        return known(ticket, *rest)

    monkeypatch.setattr(steps, "tell", tell)
    _at(clock, 5)
    assert list(SlaStep.objects.values_list("ticket", flat=True)) == [sound.pk]
    assert [words.splitlines()[0] for _, _, words in _sent()] == [
        f"**#{sound.pk} ⏰ 解决时限已用 50%**"
    ]
    monkeypatch.setattr(steps, "tell", known)
    _at(clock, 5.01)
    assert SlaStep.objects.count() == 2, "still due: the next scan takes it"


def test_the_unique_row_is_the_second_net(clock, solution, open_ticket):
    ticket = open_ticket()
    _at(clock, 5)
    step = SlaStep.objects.get()
    step.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        step.save()
    assert ticket.sla_steps.count() == 1


def test_many_due_tickets_are_worked_in_batches_until_nothing_is_due(
    clock, solution, boss, open_ticket, monkeypatch
):
    monkeypatch.setattr(steps, "BATCH", 3)
    made = [open_ticket() for _ in range(8)]
    _at(clock, 6)
    assert SlaStep.objects.count() == len(made)


def test_an_undone_act_brings_the_ladder_back(clock, solution, boss, lisi, open_ticket):
    ticket = open_ticket()
    actions.ticket_transition(ticket_id=ticket.pk, status="resolved", actor=actor(lisi))
    ticket_undo(ticket_id=ticket.pk, sequence=2, actor=actor(lisi))
    ticket.refresh_from_db()
    assert ticket.sla_check_at == START + timedelta(hours=5)


def test_an_undone_slip_leaves_no_breach(clock, policy, lisi, open_ticket):
    policy()
    policy(name="紧急", rank=1, priorities=["urgent"], resolution_minutes=5)
    ticket = open_ticket()
    clock.shift(timedelta(minutes=10))
    actions.ticket_edit(ticket_id=ticket.pk, changes={"priority": "urgent"}, actor=actor(lisi))
    ticket.refresh_from_db()
    assert ticket.sla_state == SlaState.BREACHED
    assert "deadline" in ticket.events.last().changes, "the trail says what else moved"
    ticket_undo(ticket_id=ticket.pk, sequence=2, actor=actor(lisi))
    ticket.refresh_from_db()
    assert ticket.sla_state == SlaState.ON_TRACK
    assert ticket.deadline == START + timedelta(hours=10)


def test_the_scan_with_nothing_due_is_one_query(
    clock, solution, open_ticket, django_assert_num_queries, settings_read_once
):
    open_ticket()
    with django_assert_num_queries(1):
        assert steps.scan() == 0


def test_a_step_costs_few_queries(
    clock, solution, boss, open_ticket, django_assert_max_num_queries, settings_read_once
):
    open_ticket()
    clock.move_to(START + timedelta(hours=8))
    with django_assert_max_num_queries(22):
        assert steps.scan() == 1


@pytest.mark.parametrize(
    "ladder",
    [
        [{"percent": 80, "tell": ["group"]}, {"percent": 50, "tell": ["group"]}],
        [{"percent": 80, "tell": ["group"]}, {"percent": 80, "tell": ["assignee"]}],
        [{"percent": 0, "tell": ["group"]}],
        [{"percent": 50, "tell": []}],
        [{"percent": 50, "tell": ["everybody"]}],
        {"percent": 50},
    ],
)
def test_a_ladder_that_means_nothing_is_refused_as_a_setting(admin, ladder):
    from config.errors import InvalidInputError

    with pytest.raises(InvalidInputError):
        store.change(key="ticket.sla_ladder", value=ladder, actor=admin)


def test_tags_of_the_customer_decide_at_creation(clock, policy, open_ticket):
    vip = TagFactory(name="VIP")
    customer = CustomerFactory()
    customer.tags.add(vip)
    policy(rank=1, name="急", tags=[vip.pk], priorities=["urgent", "high"], resolution_minutes=60)
    policy(rank=2)
    assert open_ticket(customer=customer).sla_policy.name == "标准"
    assert open_ticket(customer=customer, priority="high").sla_policy.name == "急"
    assert open_ticket(priority="high").sla_policy.name == "标准"
