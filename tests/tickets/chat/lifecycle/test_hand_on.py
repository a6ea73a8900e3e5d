"""A chat goes on in other hands: transferred, taken over, whispered about, reopened."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from config.runtime import store
from tests.factories import CustomerFactory, UserFactory
from tests.tickets.chat.lifecycle.scene import OWN, TEAM, begin, load_of, online, says
from tickets.chat import limits
from tickets.chat.slots import agent_of
from tickets.models import (
    AgentPresence,
    AgentProfile,
    Chat,
    ChatAgent,
    ChatEventKind,
    ChatGroup,
    PresenceStatus,
    Visibility,
)

pytestmark = pytest.mark.django_db


def _kinds(chat: Chat) -> list[str]:
    return list(chat.events.order_by("id").values_list("kind", flat=True))


def _code(answer: Any) -> str:
    return str(answer.json()["errors"][0]["code"])


def test_a_transfer_moves_the_slot_and_its_note_stays_inside(
    api: Any, chat: Chat, lisi: Any, wangwu: Any, zhangsan: Any
):
    online(wangwu)
    answer = api(lisi).post(
        f"{TEAM}/{chat.pk}/transfer", {"agent": "wangwu", "note": "问的是退款"}, format="json"
    )
    assert answer.status_code == 200, answer.content
    assert answer.json()["agent"]["username"] == "wangwu"
    assert (load_of(lisi), load_of(wangwu)) == (0, 1)
    event = chat.events.get(kind=ChatEventKind.TRANSFERRED)
    assert (event.from_value, event.to_value) == ("李四", "王五")
    assert chat.messages.get(visibility=Visibility.INTERNAL).content == "问的是退款"
    told = api(zhangsan).get(f"{OWN}/{chat.pk}/messages").json()["list"]
    assert "问的是退款" not in str(told)
    # Who had it may still look, but it is no longer theirs to end.
    assert api(lisi).get(f"{TEAM}/{chat.pk}").status_code == 200
    assert api(lisi).post(f"{TEAM}/{chat.pk}/end", {}, format="json").status_code == 403


def test_nobody_gets_a_chat_who_is_away_or_full_and_the_refusal_names_them(
    api: Any, chat: Chat, lisi: Any, wangwu: Any
):
    def transfer() -> Any:
        return api(lisi).post(f"{TEAM}/{chat.pk}/transfer", {"agent": "wangwu"}, format="json")

    agent_of(wangwu)
    away = transfer()
    assert (away.status_code, _code(away)) == (409, "agent_unavailable")
    assert "王五" in away.json()["errors"][0]["detail"]
    online(wangwu)
    ChatAgent.objects.filter(user=wangwu).update(max_chats=1)
    begin(CustomerFactory(), wangwu)
    full = transfer()
    assert (full.status_code, _code(full)) == (409, "agent_full")
    AgentPresence.objects.filter(user=wangwu).update(status=PresenceStatus.BUSY)
    assert _code(transfer()) == "agent_unavailable"
    assert (load_of(lisi), load_of(wangwu)) == (1, 1)


@pytest.mark.parametrize(
    ("body", "attr"),
    [
        ({"agent": "lisi"}, "agent"),
        ({}, "agent"),
        ({"agent": "wangwu", "group": 1}, "group"),
        ({"agent": "nobody"}, "agent"),
        ({"group": 999}, "group"),
    ],
)
def test_a_wrong_target_is_named(api: Any, chat: Chat, lisi: Any, body: Any, attr: str):
    answer = api(lisi).post(f"{TEAM}/{chat.pk}/transfer", body, format="json")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["attr"] in (attr, "agent")


def test_a_groups_best_agent_gets_it_else_it_queues_for_the_group(
    api: Any, chat: Chat, lisi: Any, wangwu: Any
):
    group = ChatGroup.objects.create(name="售后")
    empty = api(lisi).post(f"{TEAM}/{chat.pk}/transfer", {"group": group.pk}, format="json")
    assert _code(empty) == "group_empty"
    group.members.add(online(wangwu))
    answer = api(lisi).post(f"{TEAM}/{chat.pk}/transfer", {"group": group.pk}, format="json")
    assert answer.json()["agent"]["username"] == "wangwu"
    assert answer.json()["group"]["name"] == "售后"
    others = begin(CustomerFactory(), lisi)
    ChatAgent.objects.filter(user=wangwu).update(max_chats=1)
    answer = api(lisi).post(f"{TEAM}/{others.pk}/transfer", {"group": group.pk}, format="json")
    assert (answer.json()["status"], answer.json()["agent"]) == ("queued", None)
    assert (load_of(lisi), load_of(wangwu)) == (0, 1)


def test_a_supervisor_listens_unheard_whispers_and_takes_over(
    api: Any, chat: Chat, lisi: Any, wangwu: Any, zhangsan: Any
):
    AgentProfile.objects.filter(user=lisi).update(supervisor=wangwu)
    for _ in range(2):
        assert api(wangwu).post(f"{TEAM}/{chat.pk}/listen", {}, format="json").status_code == 200
    assert _kinds(chat) == [ChatEventKind.LISTENED]
    whisper = api(wangwu).post(
        f"{TEAM}/{chat.pk}/whisper", {"content": "先确认型号"}, format="json"
    )
    assert whisper.status_code == 201, whisper.content
    assert whisper.json()["data"] == {"whisper": True}
    assert api(zhangsan).get(f"{OWN}/{chat.pk}/messages").json()["list"] == []
    taken = api(wangwu).post(f"{TEAM}/{chat.pk}/take-over", {}, format="json")
    assert taken.json()["agent"]["username"] == "wangwu"
    assert (load_of(lisi), load_of(wangwu)) == (0, 1)
    assert _kinds(chat)[-1] == ChatEventKind.TAKEN_OVER
    said = api(zhangsan).get(f"{OWN}/{chat.pk}/messages").json()["list"]
    assert ["王五" in line["content"] for line in said] == [True]
    again = api(wangwu).post(f"{TEAM}/{chat.pk}/take-over", {}, format="json")
    assert _code(again) == "already_yours"


def test_colleagues_who_do_not_supervise_neither_listen_nor_take_over(
    api: Any, chat: Chat, wangwu: Any
):
    chat.customer.follow_user = wangwu
    chat.customer.save()
    for what in ("listen", "take-over"):
        assert api(wangwu).post(f"{TEAM}/{chat.pk}/{what}", {}, format="json").status_code == 403


def _ended(api: Any, chat: Chat, by: Any) -> None:
    assert api(by).post(f"{OWN}/{chat.pk}/end", {}, format="json").status_code == 200


def test_reopened_it_goes_back_to_its_agent_who_is_there(
    api: Any, chat: Chat, lisi: Any, zhangsan: Any
):
    _ended(api, chat, zhangsan)
    answer = api(zhangsan).post(f"{OWN}/{chat.pk}/reopen", {}, format="json")
    assert answer.status_code == 200, answer.content
    assert (answer.json()["status"], answer.json()["agent"]) == ("active", {"name": "李四"})
    assert load_of(lisi) == 1
    assert _kinds(chat) == ["ended", "reopened", "assigned"]
    again = api(zhangsan).post(f"{OWN}/{chat.pk}/reopen", {}, format="json")
    assert (again.status_code, again.json()["status"]) == (409, "active")


def test_reopened_it_never_goes_to_who_is_away(
    api: Any, chat: Chat, lisi: Any, wangwu: Any, zhangsan: Any
):
    _ended(api, chat, zhangsan)
    AgentPresence.objects.filter(user=lisi).update(status=PresenceStatus.OFFLINE)
    alone = api(zhangsan).post(f"{OWN}/{chat.pk}/reopen", {}, format="json")
    assert (alone.json()["status"], alone.json()["agent"]) == ("queued", None)
    _ended(api, chat, zhangsan)
    online(wangwu)
    answer = api(zhangsan).post(f"{OWN}/{chat.pk}/reopen", {}, format="json")
    assert answer.json()["agent"] == {"name": "王五"}
    assert (load_of(lisi), load_of(wangwu)) == (0, 1)


def test_reopening_is_refused_with_another_chat_and_after_a_day(
    api: Any, chat: Chat, lisi: Any, zhangsan: Any
):
    _ended(api, chat, zhangsan)
    Chat.objects.filter(pk=chat.pk).update(ended_at=timezone.now() - timedelta(hours=25))
    late = api(lisi).post(f"{TEAM}/{chat.pk}/reopen", {}, format="json")
    assert (late.status_code, _code(late)) == (409, "too_late")
    Chat.objects.filter(pk=chat.pk).update(ended_at=timezone.now())
    other = begin(zhangsan.customer, lisi)
    answer = api(lisi).post(f"{TEAM}/{chat.pk}/reopen", {}, format="json")
    assert (answer.status_code, _code(answer)) == (409, "another_open")
    assert answer.json()["chat_id"] == other.pk


def test_a_blocked_customer_reopens_nothing(api: Any, chat: Chat, zhangsan: Any):
    _ended(api, chat, zhangsan)
    zhangsan.customer.blocked_at = timezone.now()
    zhangsan.customer.save()
    answer = api(zhangsan).post(f"{OWN}/{chat.pk}/reopen", {}, format="json")
    assert answer.status_code == 403


def test_a_rating_needs_an_answer_and_may_be_changed_for_a_day(
    api: Any, chat: Chat, lisi: Any, zhangsan: Any
):
    def rate(score: Any, comment: str = "") -> Any:
        body = {"score": score, "comment": comment}
        return api(zhangsan).post(f"{OWN}/{chat.pk}/rate", body, format="json")

    # More often than anybody may.
    often = {**limits.DEFAULTS, "rate_service": {"count": 100, "seconds": 60}}
    store.change(key=limits.SETTING, value=often, actor=None)
    store.forget_snapshot()
    assert _code(rate(5)) == "not_rateable"
    says(chat, lisi, "您好")
    for score in (0, 6, True, "好", 10**30, 2.5):
        assert rate(score).status_code == 400, score
    assert rate(5, "很快").json()["rating"]["score"] == 5
    _ended(api, chat, zhangsan)
    assert rate(2, "又坏了").json()["rating"] | {"rated_at": ""} == {
        "score": 2,
        "comment": "又坏了",
        "rated_at": "",
    }
    rated = list(chat.events.filter(kind="rated").values_list("from_value", "to_value"))
    assert rated == [("", "5"), ("5", "2")]
    Chat.objects.filter(pk=chat.pk).update(rated_at=timezone.now() - timedelta(hours=25))
    assert rate(2, "又坏了").status_code == 200
    assert _code(rate(1)) == "rating_final"


def test_a_low_rating_is_told_to_the_agent_and_their_supervisor(
    api: Any, chat: Chat, lisi: Any, wangwu: Any, zhangsan: Any
):
    from tickets.chat.lifecycle.rating import low_rating_alert

    AgentProfile.objects.filter(user=lisi).update(supervisor=wangwu)
    says(chat, lisi, "您好")
    api(zhangsan).post(f"{OWN}/{chat.pk}/rate", {"score": 3}, format="json")
    assert list(low_rating_alert({"chat_id": chat.pk})) == []
    api(zhangsan).post(f"{OWN}/{chat.pk}/rate", {"score": 2, "comment": "慢"}, format="json")
    alerts = list(low_rating_alert({"chat_id": chat.pk}))
    assert [alert.user for alert in alerts] == [lisi, wangwu]
    assert "慢" in alerts[0].text


def test_events_are_the_teams_in_their_order(api: Any, chat: Chat, lisi: Any, zhangsan: Any):
    _ended(api, chat, zhangsan)
    api(zhangsan).post(f"{OWN}/{chat.pk}/reopen", {}, format="json")
    told = api(lisi).get(f"{TEAM}/{chat.pk}/events").json()["list"]
    assert [event["kind"] for event in told] == ["ended", "reopened", "assigned"]
    assert told[0]["actor_name"] == "张三"
    stranger = UserFactory()
    assert api(stranger).get(f"{TEAM}/{chat.pk}/events").status_code == 404


def test_with_no_hours_nothing_is_reopened(api: Any, chat: Chat, zhangsan: Any):
    store.change(key="chat.reopen_hours", value=0, actor=None)
    store.forget_snapshot()
    _ended(api, chat, zhangsan)
    assert _code(api(zhangsan).post(f"{OWN}/{chat.pk}/reopen", {}, format="json")) == "too_late"
