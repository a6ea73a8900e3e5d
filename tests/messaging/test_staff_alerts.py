"""Staff hear of what concerns their customers by one message of the WeCom app."""

import logging
from datetime import timedelta

import pytest
from django.utils import timezone

from config.events.models import OutboxEntry
from config.events.publish import publish
from customers.actions.reminders import remind_due
from customers.models import FollowUp, FollowUpTask
from customers.projects.actions import project_assign_engineer
from messaging.models import Message
from messaging.staff_alerts.sending import alert_for
from tests.at_once import all_at_once
from tests.factories import CustomerFactory, ProjectFactory, UserFactory, actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def past():
    return timezone.now() - timedelta(minutes=1)


@pytest.fixture
def hear():
    """Works the events that wait, each for the alerts alone."""

    def work(times=1):
        for entry in list(OutboxEntry.objects.filter(kind="event").order_by("id")):
            for _ in range(times):
                alert_for(entry.payload)
        return list(Message.objects.order_by("id"))

    return work


def text(message):
    return message.payload["markdown"]["content"]


def test_several_due_at_once_are_one_digest_for_each_owner(lisi, wangwu, past, hear):
    zhang = CustomerFactory(name="张三", company="XX科技")
    FollowUp.objects.create(customer=zhang, content="约了看样", owner=lisi, next_at=past)
    FollowUpTask.objects.create(customer=zhang, title="寄合同", owner=lisi, due_at=past)
    FollowUpTask.objects.create(customer=zhang, title="回访", owner=wangwu, due_at=past)
    remind_due()
    first, second = sorted(hear(times=2), key=lambda message: message.recipient)
    assert (first.channel, first.recipient, second.recipient) == ("WORK_WECHAT", "lisi", "wangwu")
    assert "2 项跟进到期" in text(first)
    assert "1. 张三（XX科技）：任务「寄合同」" in text(first)
    assert "2. 张三（XX科技）：该再联系了（上次：约了看样）" in text(first)
    assert "1 项跟进到期" in text(second)
    assert "13800" not in text(first)


def test_a_long_digest_says_how_many_more(lisi, past, hear):
    customer = CustomerFactory()
    for number in range(40):
        FollowUp.objects.create(customer=customer, content="长" * 500, owner=lisi, next_at=past)
        FollowUpTask.objects.create(customer=customer, title=str(number), owner=lisi, due_at=past)
    remind_due()
    [message] = hear()
    assert "另有 65 项" in text(message)
    assert len(text(message).encode()) <= 2048


def test_what_was_done_meanwhile_is_not_told(lisi, past, hear):
    FollowUpTask.objects.create(customer=CustomerFactory(), title="x", owner=lisi, due_at=past)
    remind_due()
    FollowUpTask.objects.update(status="done")
    assert hear() == []


def test_who_cannot_be_told_is_told_nothing_and_no_name_is_logged(past, hear, caplog):
    caplog.set_level(logging.DEBUG)
    unknown = UserFactory(wecom_user_id=None)
    gone = UserFactory(is_active=False)
    customer = CustomerFactory(name="张三")
    for owner in (unknown, gone, None):
        FollowUpTask.objects.create(customer=customer, title="x", owner=owner, due_at=past)
    remind_due()
    assert hear() == []
    assert "张三" not in caplog.text
    assert unknown.name not in caplog.text


def risk(customer, owner, **data):
    publish(
        "customer.risk.raised",
        {"customer_id": customer.pk, "warning_id": 5, "score": 72, "level": "high",
         "owner_user_id": owner.pk if owner else None, "text": "沉默 40 天\n删除了员工", **data},
    )  # fmt: skip


def test_a_risk_is_told_with_its_reasons_once_for_each_score(lisi, hear):
    customer = CustomerFactory(name="张三")
    risk(customer, lisi)
    risk(customer, lisi)
    risk(customer, lisi, score=90)
    first, second = hear()
    assert "客户流失风险：高（72 分）" in text(first)
    assert "> 沉默 40 天\n> 删除了员工" in text(first)
    assert "（90 分）" in text(second)


def test_a_risk_without_owner_or_customer_is_told_nobody(lisi, hear):
    risk(CustomerFactory(), None)
    risk(CustomerFactory(status=0), lisi)
    assert hear() == []


def test_words_of_a_customer_are_data(lisi, hear):
    risk(CustomerFactory(name="<@all>[点](http://x)"), lisi, text="**急** <@all>\n\n# 大字")
    [message] = hear()
    for markup in ("<@", "](", "\n#", "**急"):
        assert markup not in text(message)


def test_a_new_engineer_is_told_with_the_note(lisi, wangwu, hear):
    project = ProjectFactory(name="云服务器采购", customer=CustomerFactory(follow_user=lisi))
    project_assign_engineer(
        project_id=project.pk, engineer=wangwu, note="需要现场支持", actor=actor(lisi)
    )
    [message] = hear(times=2)
    assert message.recipient == "wangwu"
    assert f"#P{project.pk} 云服务器采购" in text(message)
    assert "> 需要现场支持" in text(message)
    project_assign_engineer(project_id=project.pk, engineer=lisi, actor=actor(lisi))
    assert len(hear()) == 1, "who takes it themselves knows"


def test_the_whole_way_from_the_scan_to_the_platform(platform, client, lisi, past, run_outbox):
    customer = CustomerFactory(name="张三")
    FollowUpTask.objects.create(customer=customer, title="回访", owner=lisi, due_at=past)
    remind_due()
    run_outbox()
    run_outbox()
    [sent] = client.get("/sandbox/api/outbox", {"channel": "WORK_WECHAT"}).json()["list"]
    assert sent["to"] == "lisi"
    assert Message.objects.get().status == "sent"


@pytest.mark.django_db(transaction=True)
def test_events_of_one_moment_worked_at_once_are_one_message(past):
    owner = UserFactory()
    for customer in CustomerFactory.create_batch(6):
        FollowUpTask.objects.create(customer=customer, title="x", owner=owner, due_at=past)
    remind_due()
    envelopes = [entry.payload for entry in OutboxEntry.objects.filter(kind="event")]
    assert all_at_once([lambda e=envelope: alert_for(e) for envelope in envelopes]) == []
    assert "6 项" in text(Message.objects.get())
