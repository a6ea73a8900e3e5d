"""What operators do with templates, accounts and messages in the admin."""

import pytest
from django.urls import reverse

from messaging.models import ChannelCircuit, Message, MessageTemplate
from tests.factories import RobotFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def operator(client, admin):
    client.force_login(admin)
    return client


@pytest.fixture
def template():
    return MessageTemplate.objects.create(
        code="notice", name="通知", channel="WORK_WECHAT", body="{{name}}，您好：{{content}}"
    )


def trial(operator, template, **fields):
    path = reverse("admin:messaging_messagetemplate_trial", args=[template.pk])
    return operator.post(path, fields, follow=True)


def test_a_template_is_looked_at_and_what_is_missing_is_named(operator, template):
    page = trial(operator, template, variables="name=李四\ncontent=", preview="1")
    shown = page.content.decode()
    assert "李四，您好：{{content}}" in shown
    assert "缺少变量：content" in shown
    assert not Message.objects.exists()


def test_what_a_variable_holds_is_only_text_on_the_page(operator, template):
    page = trial(operator, template, variables="name=<script>x</script>\ncontent=y", preview="1")
    assert "<script>x</script>" not in page.content.decode()


def test_a_template_is_sent_to_a_few(platform, operator, template, run_outbox):
    page = trial(
        operator, template, variables="name=李四\ncontent=你好", recipients="lisi\nwangwu", send="1"
    )
    assert page.redirect_chain
    run_outbox()
    sent = Message.objects.filter(status="sent").values_list("recipient", flat=True)
    assert sorted(sent) == ["lisi", "wangwu"]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"recipients": ""}, "请填写接收方"),
        ({"recipients": "lisi\nnot a member!"}, "不是有效的成员账号"),
        ({"recipients": "lisi", "variables": "name=x"}, "缺少变量：content"),
        ({"recipients": "lisi", "variables": "name"}, "第 1 行须写成 名称=值"),
        ({"recipients": "\n".join(["lisi"] * 21)}, "至多 20 位"),
    ],
)
def test_a_test_that_cannot_go_says_why_and_sends_nothing(operator, template, fields, said):
    page = trial(operator, template, **{"variables": "name=x\ncontent=y", "send": "1", **fields})
    assert said in page.content.decode()
    assert not Message.objects.exists()


def test_an_inactive_template_is_not_sent(operator, template):
    MessageTemplate.objects.update(status="inactive")
    page = trial(operator, template, variables="name=x\ncontent=y", recipients="lisi", send="1")
    assert page.status_code == 403
    assert not Message.objects.exists()


def test_a_colleague_sees_no_template(client, lisi, template):
    client.force_login(lisi)
    path = reverse("admin:messaging_messagetemplate_trial", args=[template.pk])
    assert client.get(path).status_code in (302, 403)


def test_an_account_is_verified_by_a_button(platform, operator, settings):
    robot = RobotFactory(secrets={"webhook_url": settings.GROUP_WEBHOOK_URL})
    path = reverse("admin:messaging_channelaccount_verify", args=[robot.pk])
    asked = operator.get(path).content.decode()
    assert "确认验证" in asked
    assert "机器人可用" not in asked
    assert "机器人可用" in operator.post(path, follow=True).content.decode()
    robot.secrets = {"webhook_url": settings.GROUP_WEBHOOK_URL + "-wrong"}
    robot.save()
    assert "（93000）" in operator.post(path, follow=True).content.decode()
    assert not ChannelCircuit.objects.exists()


def test_a_message_shows_its_way_and_can_be_taken_back(platform, operator, template, run_outbox):
    trial(operator, template, variables="name=李四\ncontent=你好", recipients="lisi", send="1")
    run_outbox()
    message = Message.objects.get()
    page = operator.get(reverse("admin:messaging_message_change", args=[message.pk]))
    shown = page.content.decode()
    for name in ("排队", "处理", "发送", "回执"):
        assert f"<strong>{name}</strong>" in shown
    assert shown.count('data-status="ok"') == 3
    operator.post(
        reverse("admin:messaging_message_changelist"),
        {"action": "recall_selected", "_selected_action": [message.pk], "confirmed": "1"},
    )
    message.refresh_from_db()
    assert message.error_code == "recalled"
