"""A chat ends by either side, once, and its slot is free for whoever waits."""

from typing import Any

import pytest

from config.events.models import OutboxEntry
from tests.factories import CustomerFactory, UserFactory
from tests.tickets.chat.lifecycle.scene import OWN, TEAM, begin, load_of, online, says
from tickets.chat.lifecycle.ending import ASSIGN_WAITING
from tickets.models import AgentProfile, Chat, ChatEventKind, ChatFeedEntry, Visibility

pytestmark = pytest.mark.django_db


def _waiting_are_assigned() -> bool:
    return OutboxEntry.objects.filter(name=ASSIGN_WAITING, queue="chat").exists()


def test_the_customer_ends_and_the_agent_is_free_again(
    api: Any, chat: Chat, lisi: Any, zhangsan: Any
):
    assert load_of(lisi) == 1
    answer = api(zhangsan).post(f"{OWN}/{chat.pk}/end", {}, format="json")
    assert answer.status_code == 200
    told = answer.json()
    assert (told["status"], told["ended_by"]) == ("ended", "customer")
    assert told["last_message"]["text"] == "客户已结束会话"
    assert load_of(lisi) == 0
    assert _waiting_are_assigned()
    event = chat.events.get()
    assert (event.kind, event.from_value, event.to_value) == (
        ChatEventKind.ENDED,
        "active",
        "customer",
    )
    kinds = ChatFeedEntry.objects.filter(chat=chat).order_by("id").values_list("kind", flat=True)
    assert list(kinds) == ["chat.message", "chat.ended"]


def test_ended_again_it_says_what_it_is(api: Any, chat: Chat, lisi: Any, zhangsan: Any):
    api(zhangsan).post(f"{OWN}/{chat.pk}/end", {}, format="json")
    for client, side in ((api(zhangsan), OWN), (api(lisi), TEAM)):
        answer = client.post(f"{side}/{chat.pk}/end", {}, format="json")
        assert answer.status_code == 409
        assert answer.json()["status"] == "ended"
    assert load_of(lisi) == 0


def test_the_agent_ends_with_a_summary_that_the_customer_does_not_see(
    api: Any, chat: Chat, lisi: Any, zhangsan: Any
):
    says(chat, lisi, "已为您重置")
    answer = api(lisi).post(
        f"{TEAM}/{chat.pk}/end", {"reason": "已解决", "summary": "重置了密码"}, format="json"
    )
    assert answer.status_code == 200, answer.content
    assert (answer.json()["ended_by"], answer.json()["end_reason"]) == ("agent", "已解决")
    note = chat.messages.get(visibility=Visibility.INTERNAL)
    assert (note.content, note.data) == ("重置了密码", {"summary": True})
    shown = api(zhangsan).get(f"{OWN}/{chat.pk}").json()
    assert shown["last_message"]["text"] == "客服已结束会话，欢迎评价本次服务"
    assert load_of(lisi) == 0


def test_who_leaves_the_queue_has_abandoned_it(api: Any, zhangsan: Any):
    waiting = begin(zhangsan.customer)
    answer = api(zhangsan).post(f"{OWN}/{waiting.pk}/end", {}, format="json")
    assert (answer.json()["status"], answer.json()["ended_by"]) == ("ended", "abandoned")
    assert not _waiting_are_assigned()


def test_a_colleague_who_only_sees_the_chat_does_not_end_it_and_a_supervisor_does(
    api: Any, chat: Chat, lisi: Any, wangwu: Any
):
    chat.customer.follow_user = wangwu
    chat.customer.save()
    assert api(wangwu).post(f"{TEAM}/{chat.pk}/end", {}, format="json").status_code == 403
    stranger = UserFactory()
    assert api(stranger).post(f"{TEAM}/{chat.pk}/end", {}, format="json").status_code == 404
    AgentProfile.objects.filter(user=lisi).update(supervisor=stranger)
    assert api(stranger).post(f"{TEAM}/{chat.pk}/end", {}, format="json").status_code == 200
    assert load_of(lisi) == 0


def test_another_customers_chat_is_not_there(api: Any, chat: Chat, lisi: Any, zhangsan: Any):
    other = begin(CustomerFactory(), lisi)
    assert api(zhangsan).post(f"{OWN}/{other.pk}/end", {}, format="json").status_code == 404
    assert load_of(lisi) == 2


def test_a_deactivated_agents_chat_still_ends(api: Any, chat: Chat, lisi: Any, zhangsan: Any):
    online(UserFactory())
    lisi.is_active = False
    lisi.save()
    assert api(zhangsan).post(f"{OWN}/{chat.pk}/end", {}, format="json").status_code == 200
    assert load_of(lisi) == 0
