"""What an agent answers: who may, in which form, and never blind."""

import pytest
from django.utils import timezone

from tests.factories import CustomerFactory, TicketFactory
from tickets.chat.entries import registry
from tickets.chat.entries.base import ChatEntry
from tickets.models import Chat, ChatMessage, ChatMessageType

pytestmark = pytest.mark.django_db


@pytest.fixture
def words_only(chat, monkeypatch):
    """A platform's entry that takes nothing but text."""

    class Words(ChatEntry):
        code, label, channel = "words", "短信", "SMS"
        types = frozenset({ChatMessageType.TEXT})

    monkeypatch.setitem(registry._entries, "words", Words())
    chat.entry = "words"
    chat.save()


def test_an_answer_ends_the_waiting(chat, customer_says, agent_says):
    customer_says()
    answer = agent_says("在的", client_id="b-1", last_seen=1)
    assert (answer["number"], answer["sender"], answer["sender_name"]) == (2, "agent", "李四")
    assert (answer["status"], answer["content"]) == ("sent", "在的")
    chat.refresh_from_db()
    assert chat.waiting_since is None
    assert chat.first_replied_at is not None
    assert agent_says("又一次", client_id="b-1") == answer


def test_who_answers_has_read_what_they_saw(chat, customer_says, agent_says):
    first, second = customer_says("一"), customer_says("二")
    agent_says(last_seen=first["number"])
    states = dict(ChatMessage.objects.values_list("pk", "status"))
    assert (states[first["id"]], states[second["id"]]) == ("read", "sent")
    chat.refresh_from_db()
    assert (chat.agent_read_number, chat.unread_by_agent, chat.unread_by_customer) == (1, 1, 1)


def test_the_team_is_told_whose_an_answer_is_and_the_customer_a_name(
    api, lisi, zhangsan, team, own, agent_says
):
    assert agent_says("您好")["user_id"] == lisi.pk
    for user, path, whose in ((lisi, team, lisi.pk), (zhangsan, own, None)):
        [said] = api(user).get(f"{path}/messages").json()["list"]
        assert (said["user_id"], said["sender_name"]) == (whose, "李四")


def test_a_colleague_who_sees_the_chat_writes_notes_but_no_answers(api, admin, team):
    refused = api(admin).post(f"{team}/messages", {"content": "我来"})
    assert refused.status_code == 409
    body = refused.json()
    assert body["errors"][0]["code"] == "not_your_chat"
    assert "李四" in body["errors"][0]["detail"]
    assert body["agent"]["name"] == "李四"
    assert api(admin).post(f"{team}/notes", {"content": "客气些"}).status_code == 201


def test_nobody_answers_in_a_queue_or_after_the_end(api, lisi, chat, team, admin):
    chat.status, chat.agent = "queued", None
    chat.save()
    assert _refused(api(admin), team) == (409, "queued")
    chat.status, chat.ended_at, chat.agent = "ended", timezone.now(), lisi
    chat.save()
    assert _refused(api(lisi), team) == (409, "ended")


def _refused(client, team):
    answer = client.post(f"{team}/messages", {"content": "x"})
    return answer.status_code, answer.json()["status"]


def test_a_reply_written_blind_is_refused_with_what_was_missed(
    api, chat, lisi, wangwu, team, agent_says, customer_says
):
    customer_says("能退款吗")
    agent_says("可以退款")
    _hand_to(chat, wangwu)
    blind = api(wangwu).post(f"{team}/messages", {"content": "不能退", "lastSeen": 1})
    assert blind.status_code == 409
    body = blind.json()
    assert (body["errors"][0]["code"], body["errors"][0]["attr"]) == ("stale_reply", "last_seen")
    assert [one["content"] for one in body["missed"]] == ["可以退款"]
    assert (
        api(wangwu).post(f"{team}/messages", {"content": "好", "last_seen": 2}).status_code == 201
    )


def test_new_words_of_the_customer_and_ones_own_do_not_hold_a_reply_up(customer_says, agent_says):
    customer_says("一")
    agent_says("我看看", last_seen=1)
    customer_says("二")
    assert agent_says("好了", last_seen=1)["number"] == 4


def test_notes_of_colleagues_do_not_hold_a_reply_up(api, admin, team, agent_says, customer_says):
    customer_says()
    api(admin).post(f"{team}/notes", {"content": "客气些"})
    assert agent_says(last_seen=1)["number"] == 3


def test_a_card_is_kept_as_it_was_checked(chat, agent_says):
    ticket = TicketFactory(customer=chat.customer)
    given = {"title": " 您的工单 ", "url": "https://example.com/t/1", "ticket_id": ticket.pk}
    card = agent_says("", type="card", data=given)
    assert card["data"] == {**given, "title": "您的工单", "description": ""}


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"title": ""},
        {"title": "x" * 101},
        {"title": 7},
        {"title": "x", "description": "x" * 501},
        {"title": "x", "url": "javascript:alert(1)"},
        {"title": "x", "url": "https://"},
        {"title": "x", "url": "http://[1"},
        {"title": "x", "url": "https://a.b/ c"},
        {"title": "x", "ticket_id": "1"},
        {"title": "x", "ticket_id": 10**30},
        {"title": "x", "ticket_id": True},
        {"title": "x", "html": "<b>"},
    ],
)
def test_a_wrong_card_is_refused(api, lisi, team, data):
    _refuses_data(api(lisi), team, "card", data)


def test_a_card_shows_no_ticket_of_another_customer(api, admin, chat, team):
    chat.agent = admin
    chat.save()
    ticket = TicketFactory(customer=CustomerFactory())
    _refuses_data(api(admin), team, "card", {"title": "x", "ticket_id": ticket.pk})


def test_choices_are_offered_and_a_tap_is_a_text(agent_says, customer_says):
    offered = agent_says("请选择", type="quick_replies", data={"options": ["退款", " 换货 "]})
    assert offered["data"] == {"options": ["退款", "换货"]}
    assert customer_says("换货")["type"] == "text"


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"options": []},
        {"options": ["x"] * 2},
        {"options": [str(n) for n in range(11)]},
        {"options": ["x" * 51]},
        {"options": [None]},
        {"options": "x"},
        {"options": ["x"], "more": 1},
    ],
)
def test_wrong_choices_are_refused(api, lisi, team, data):
    _refuses_data(api(lisi), team, "quick_replies", data)


def test_plain_words_have_no_data(api, lisi, team):
    _refuses_data(api(lisi), team, "text", {"x": 1})


def _refuses_data(client, team, kind, data):
    body = {"content": "x", "type": kind, "data": data}
    answer = client.post(f"{team}/messages", body, format="json")
    assert answer.status_code == 400, answer.content
    assert answer.json()["errors"][0]["attr"] == "data"


def test_the_entry_decides_what_can_go(api, lisi, words_only, team):
    card = {"content": "x", "type": "card", "data": {"title": "x"}}
    answer = api(lisi).post(f"{team}/messages", card, format="json")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["attr"] == "type"
    assert not ChatMessage.objects.exists()


def test_a_colleagues_name_of_a_message_is_not_taken_for_ones_own(
    api, chat, wangwu, team, agent_says
):
    agent_says(client_id="same")
    _hand_to(chat, wangwu)
    answer = api(wangwu).post(f"{team}/messages", {"content": "x", "client_id": "same"})
    assert answer.status_code == 409
    assert answer.json()["errors"][0]["attr"] == "client_id"


def _hand_to(chat, colleague):
    Chat.objects.filter(pk=chat.pk).update(agent=colleague)
