"""A customer whom a servicer in WeCom has: read here, given on from here, and back to the assistant."""

import pytest

from tests.wechat.kf.conftest import ZHANGSAN
from tickets.models import AssistantTurn, Chat, ChatMessage, Sender, Visibility
from wechat.models import KfCustomer, KfState

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def transfer(api, agent, in_chat, work_all):
    def ask(**body):
        path = f"/api/customer-service/chats/{in_chat.pk}/kf-transfer"
        answer = api(agent).post(path, body, format="json")
        work_all()
        in_chat.refresh_from_db()
        return answer

    return ask


@pytest.fixture
def given_to_wangwu(transfer, in_chat, wangwu):
    assert transfer(servicer="wangwu").status_code == 202
    assert in_chat.status == "ended"
    return in_chat


@pytest.fixture
def shown(api, agent, in_chat):
    """What the console shows of the chat."""

    def read():
        path = f"/api/customer-service/chats/{in_chat.pk}/messages"
        return api(agent).get(path, {"limit": 100}).json()["list"]

    return read


@pytest.fixture
def standing(api, agent, in_chat):
    path = f"/api/customer-service/chats/{in_chat.pk}/kf-servicers"
    return lambda: api(agent).get(path).json()


def test_both_sides_words_are_read_in_the_chat_and_nobody_is_asked_to_answer(
    given_to_wangwu, kf, work_all, shown
):
    chat = given_to_wangwu
    before = (AssistantTurn.objects.count(), chat.waiting_since, chat.unread_by_agent)
    kf("customer_says", content="还是不行")
    kf("servicer_says", content="我马上过去")
    work_all()
    chat.refresh_from_db()
    assert chat.status == "ended"
    now = (AssistantTurn.objects.count(), chat.waiting_since, chat.unread_by_agent)
    assert now == before
    assert Chat.objects.count() == 1
    history = [row for row in shown() if row["data"].get("history")]
    assert [(row["sender"], row["sender_name"], row["content"]) for row in history] == [
        ("customer", chat.customer.name, "还是不行"),
        ("agent", "王五", "我马上过去"),
    ]


def test_a_picture_that_a_servicer_was_sent_is_seen_too(given_to_wangwu, kf, work_all):
    kf("customer_says", msgtype="image")
    work_all()
    message = given_to_wangwu.messages.filter(sender=Sender.CUSTOMER).last()
    assert message.data == {"history": "微信客服 · 企业微信接待"}
    assert message.file.content_type == "image/png"


def test_what_was_said_again_is_shown_once(given_to_wangwu, kf, work_all):
    kf("customer_says", content="在吗", times=3)
    work_all()
    assert ChatMessage.objects.filter(content="在吗").count() == 1


def test_in_an_open_chat_too_the_servicer_answers_not_the_agent(kf, work_all, in_chat):
    kf("servicer_takes", servicer_userid="wangwu")
    work_all()
    in_chat.refresh_from_db()
    waiting = in_chat.unread_by_agent
    kf("customer_says", content="你好王五")
    work_all()
    in_chat.refresh_from_db()
    assert (in_chat.status, in_chat.unread_by_agent) == ("active", waiting)
    assert in_chat.messages.get(content="你好王五").visibility == Visibility.INTERNAL


def test_once_the_servicer_has_ended_it_the_customers_words_are_ours_again(
    given_to_wangwu, kf, work_all
):
    kf("servicer_ends")
    work_all()
    assert "已由企业微信接待人员结束" in "\n".join(
        given_to_wangwu.messages.values_list("content", flat=True)
    )
    kf("customer_says", content="又坏了")
    work_all()
    said = ChatMessage.objects.get(content="又坏了")
    assert said.visibility == Visibility.PUBLIC
    assert said.chat.is_open


def test_the_state_is_told_and_changes(standing, transfer, in_chat, wangwu):
    now = standing()
    assert (now["state"], now["servicer"]) == ("assistant", "")
    assert now["targets"] == ["servicer", "queue", "robot", "end"]
    transfer(servicer="wangwu")
    now = standing()
    assert (now["state_label"], now["servicer"]) == ("人工接待", "王五")
    assert "queue" in now["targets"]


def test_from_a_servicer_to_the_queue_out_of_the_chat_that_has_ended(
    given_to_wangwu, transfer, session
):
    assert transfer(to="queue").status_code == 202
    assert session()["state"] == KfState.QUEUE
    assert given_to_wangwu.messages.filter(content="已转入企业微信待接入池").exists()


def test_back_to_the_assistant_from_our_own_chat(transfer, in_chat, session, kf, work_all, phone):
    assert transfer(to="robot").status_code == 202
    assert (in_chat.status, in_chat.ended_by) == ("ended", "assistant")
    assert session()["state"] == KfState.ASSISTANT
    kf("customer_says", content="你好")
    work_all()
    assert AssistantTurn.objects.latest("pk").text == "你好"
    assert "智能助手" in phone()[-1]
    assert Chat.objects.count() == 1, "no agent is asked"


def test_back_to_the_assistant_from_a_servicer(given_to_wangwu, transfer, session, kf, work_all):
    assert transfer(to="robot").status_code == 202
    assert session()["state"] == KfState.ENDED, "the platform knows no other way out of 3"
    kf("customer_says", content="你好")
    work_all()
    assert AssistantTurn.objects.latest("pk").text == "你好"
    assert KfCustomer.objects.get().state == KfState.ASSISTANT


def test_a_chat_that_is_over_for_everybody_gives_nobody_away(
    given_to_wangwu, transfer, kf, work_all
):
    kf("servicer_ends")
    work_all()
    assert transfer(to="queue").status_code == 409


def test_a_stranger_to_the_chat_may_not(given_to_wangwu, api, wangwu):
    path = f"/api/customer-service/chats/{given_to_wangwu.pk}/kf-transfer"
    assert api(wangwu).post(path, {"to": "queue"}, format="json").status_code in (403, 404)


def test_a_customer_takes_back_what_they_said_to_the_servicer(given_to_wangwu, kf, work_all):
    told = kf("customer_says", content="写错了")
    work_all()
    kf("customer_recalls", msgid=told["msgid"])
    work_all()
    message = given_to_wangwu.messages.filter(sender=Sender.CUSTOMER).last()
    assert (message.content, message.recalled_at is not None) == ("", True)


def test_erasing_the_customer_takes_the_history_along(given_to_wangwu, kf, work_all, api, admin):
    kf("customer_says", content="我住在人民路 1 号")
    work_all()
    path = f"/api/v1/customers/{given_to_wangwu.customer_id}/erase"
    api(admin).post(path, {"confirm": True, "reason": "本人要求"}, format="json")
    assert not ChatMessage.objects.filter(content__contains="人民路").exists()
    assert not KfCustomer.objects.filter(external_userid=ZHANGSAN).exists()
