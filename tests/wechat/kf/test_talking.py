"""A talk through WeChat customer service: budget, states, failures, what the platform tells."""

from datetime import timedelta

import pytest
from django.utils import timezone

from customers.models import Customer, CustomerIdentifier
from messaging.models import Message, MessageChunk
from tests.wechat.kf.conftest import KF, ZHANGSAN
from tickets.models import Chat, ChatMessage, Sender, Visibility
from wechat.models import Callback, KfCustomer, KfState, Welcome
from wechat.simulator.kf.models import KfSession

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def answer(api, agent, in_chat, work_all):
    """The agent answers in the console; the message as it then stands."""

    def say(content):
        path = f"/api/customer-service/chats/{in_chat.pk}/messages"
        made = api(agent).post(path, {"content": content}, format="json")
        assert made.status_code == 201, made.json()
        work_all()
        return ChatMessage.objects.get(pk=made.json()["id"])

    return say


def notes(chat: Chat) -> str:
    rows = chat.messages.filter(visibility=Visibility.INTERNAL)
    return "\n".join(rows.values_list("content", flat=True))


def test_the_agents_answer_reaches_the_customers_phone(answer, phone, in_chat):
    message = answer("您好，请讲")
    assert (message.status, phone()[-1]) == ("sent", "您好，请讲")
    assert (in_chat.entry, in_chat.address, in_chat.entry_account) == ("kf", ZHANGSAN, KF)
    assert message.carrier.channel == "KF"


def test_the_sixth_answer_waits_for_the_customers_next_words(answer, phone, kf, work_all):
    # What the assistant said on the way counts as well; with their next words all five are open.
    kf("customer_says", content="在吗")
    work_all()
    states = [answer(f"第{number}条").status for number in range(1, 7)]
    # What left in the second before may be counted in the new window, so it is here.
    assert (states[:4], states[-1]) == (["sent"] * 4, "held")
    ChatMessage.objects.filter(status="sent").update(sent_at=timezone.now() - timedelta(minutes=1))
    kf("customer_says", content="收到")
    work_all()
    assert phone()[-1] == "第6条"


@pytest.mark.parametrize("code", [95001, 95002, 95013])
def test_what_the_platform_refuses_for_its_quota_is_held_not_failed(
    answer, phone, kf, work_all, misbehave, code
):
    misbehave(mode="errcode", errcode=code, count=1)
    message = answer("您好")
    assert (message.status, "您好" in phone()) == ("held", False)
    kf("customer_says", content="还在吗")
    work_all()
    assert phone().count("您好") == 1


def test_a_time_out_that_delivered_is_retried_and_seen_once(answer, phone, misbehave, work_all):
    misbehave(mode="timeout", seconds=0, delivered=True, count=1)
    message = answer("请讲")
    assert (message.status, message.carrier.status) == ("sending", "queued")
    Message.objects.update(due_at=timezone.now())
    MessageChunk.objects.update(due_at=timezone.now(), published_at=None)
    work_all()
    message.refresh_from_db()
    assert message.status == "sent"
    assert phone().count("请讲") == 1


def test_what_is_too_long_is_refused_in_the_console(api, agent, in_chat):
    path = f"/api/customer-service/chats/{in_chat.pk}/messages"
    told = api(agent).post(path, {"content": "长" * 683}, format="json")
    assert (told.status_code, told.json()["errors"][0]["attr"]) == (400, "content")


def test_a_customer_whom_nobody_has_becomes_the_assistants(in_chat, session):
    assert session()["state"] == KfState.ASSISTANT
    assert KfCustomer.objects.get().state == KfState.ASSISTANT


def test_wrong_state_says_who_has_the_customer(answer, kf, work_all, in_chat):
    KfSession.objects.update(state=KfState.HUMAN, servicer_userid="wangwu")
    message = answer("您好")
    assert message.status == "failed"
    assert "wangwu" in message.error


def test_a_servicer_who_takes_over_is_told_to_the_agent(kf, work_all, in_chat, wangwu):
    kf("servicer_takes", servicer_userid="wangwu")
    kf("servicer_says", content="我来处理")
    work_all()
    row = KfCustomer.objects.get()
    assert (row.state, row.servicer_userid) == (KfState.HUMAN, "wangwu")
    assert "王五 已接入" in notes(in_chat)
    said = in_chat.messages.get(content="我来处理")
    assert (said.sender, said.sender_name, said.visibility) == ("agent", "王五", "internal")
    kf("servicer_ends")
    work_all()
    assert KfCustomer.objects.get().state == KfState.ENDED
    kf("customer_says", content="又坏了")
    work_all()
    assert KfCustomer.objects.get().state == KfState.ASSISTANT


def test_who_is_served_in_wecom_starts_no_chat_here(kf, work_all, agent):
    kf("customer_enters")
    kf("servicer_takes", servicer_userid="lisi")
    told = kf("customer_says", content="我的服务器连不上了")
    work_all()
    assert not Chat.objects.exists()
    assert "人工接待" in Callback.objects.get(dedupe_key=told["msgid"]).reply


def test_a_message_that_did_not_arrive_after_all_is_failed_with_its_reason(
    answer, kf, work_all, in_chat
):
    message = answer("您好")
    kf("message_fails", msgid=f"chat{message.pk}", fail_type=10)
    work_all()
    message.refresh_from_db()
    assert (message.status, message.error) == ("failed", "客户没有收到：客户拒收")
    assert Message.objects.get(pk=message.carrier_id).error_code == "kf_fail_10"


def test_what_the_customer_takes_back_is_gone_here_too(kf, work_all, in_chat):
    said = kf("customer_says", content="我的密码是 123456")
    work_all()
    kf("customer_recalls", msgid=said["msgid"])
    work_all()
    message = in_chat.messages.get(external_id=said["msgid"])
    assert (message.content, message.recalled_at is not None) == ("", True)


def test_a_servicers_status_is_kept(kf, work_all, account):
    kf("servicer_status", servicer_userid="lisi", status=2)
    work_all()
    states = {one["userid"]: one["is_receiving"] for one in account().servicers}
    assert states["lisi"] is False


def test_who_enters_is_greeted_once(kf, work_all, phone, setting):
    kf("customer_enters", scene="web", times=2)
    work_all()
    assert len(phone()) == 1
    assert phone()[0].startswith("您好")
    assert (Welcome.objects.get().status, KfCustomer.objects.get().scene) == ("sent", "web")
    assert not Customer.objects.filter(external_userid=ZHANGSAN).exists()


def test_a_greeting_that_is_late_is_dropped(kf, work_all, phone, run_outbox, monkeypatch):
    from wechat.kf import welcome

    kf("customer_enters")
    monkeypatch.setattr(welcome, "CODE_SECONDS", -10)
    work_all()
    assert (phone(), Welcome.objects.get().status) == ([], "late")


def test_no_greeting_where_none_is_set(kf, work_all, phone, setting):
    setting("kf.welcome", {"text": "", "menu": False})
    kf("customer_enters")
    work_all()
    assert (phone(), Welcome.objects.count()) == ([], 0)


def test_a_stranger_gets_their_own_name_and_external_id(kf, work_all, agent):
    told = kf("customer_says", name="小王", content="人工", unionid="uXiaowang")
    work_all()
    identifier = CustomerIdentifier.objects.get(channel="KF", address=told["external_userid"])
    customer = identifier.customer
    assert (customer.name, customer.channel) == ("小王", "kf")
    assert (customer.external_userid, customer.unionid) == (told["external_userid"], "uXiaowang")


def test_a_contact_of_wecom_is_the_same_person_here(kf, work_all, agent, settings):
    known = Customer.objects.create(
        name="张三", external_userid=ZHANGSAN, corp_id=settings.WECOM_CORP_ID
    )
    kf("customer_says", content="人工")
    work_all()
    assert Chat.objects.get().customer == known


def test_a_blocked_customer_is_not_heard(kf, work_all, talking):
    Customer.objects.update(blocked_at=timezone.now() - timedelta(days=1))
    kf("customer_says", content="喂")
    work_all()
    assert not ChatMessage.objects.filter(sender=Sender.CUSTOMER).exists()


def test_another_account_of_ours_is_where_the_answer_goes(kf, answer, phone, work_all, in_chat):
    kf("customer_says", content="在这边", open_kfid="wkSandboxKf02")
    work_all()
    answer("好的")
    assert phone(open_kfid="wkSandboxKf02")[-1] == "好的"
    assert "好的" not in phone()


@pytest.mark.parametrize(
    ("item", "words"),
    [
        ({"msgtype": "location", "location": {"name": "广场", "address": "黄浦区"}}, "[位置] 广场 黄浦区"),
        ({"msgtype": "link", "link": {"title": "手册", "url": "https://x.cn"}}, "[链接] 手册 https://x.cn"),
        ({"msgtype": "miniprogram", "miniprogram": {"title": "商城"}}, "[小程序] 商城"),
        ({"msgtype": "hologram", "hologram": {"a": 1}}, "[消息]"),
    ],
)  # fmt: skip
def test_what_is_no_text_is_told_in_words(kf, work_all, in_chat, item, words):
    kf("customer_says", **item)
    work_all()
    assert in_chat.messages.filter(sender=Sender.CUSTOMER).last().content == words
