"""What a customer says in their chat, and what is refused."""

import pytest
from django.utils import timezone

from config.errors import InvalidInputError
from customers.actors import Entry, customer_actor
from customers.visitors.cookie import COOKIE, visitor_token
from tests.factories import UserFactory
from tickets.chat.messages.actions import customer_say
from tickets.models import Chat, ChatMessage

pytestmark = pytest.mark.django_db


def test_the_answer_is_the_message_in_its_full_state(chat, customer_says, told):
    message = customer_says("  服务器连不上\r\n请看看  ", client_id="a-1")
    assert message["number"] == 1
    assert (message["sender"], message["sender_name"]) == ("customer", "张三")
    assert (message["content"], message["type"]) == ("服务器连不上\n请看看", "text")
    assert message["status"] == "sent"
    assert message["sent_at"] is not None
    assert (message["delivered_at"], message["read_at"]) == (None, None)
    assert [frame["message"] for frame in told("chat.message")] == [message["id"]]
    chat.refresh_from_db()
    assert chat.waiting_since == chat.last_customer_at is not None
    assert (chat.unread_by_agent, chat.unread_by_customer) == (1, 0)


def test_the_same_client_id_again_is_the_first_message_unchanged(customer_says, told):
    first = customer_says("您好", client_id="a-1")
    assert customer_says("另一句", client_id="a-1") == first
    assert ChatMessage.objects.count() == 1
    assert len(told("chat.message")) == 1


def test_a_resent_message_finds_its_first_even_after_the_end(chat, customer_says):
    first = customer_says("您好", client_id="a-1")
    _end(chat)
    assert customer_says("您好", client_id="a-1")["id"] == first["id"]


def test_the_same_message_of_a_platform_is_written_once(chat, zhangsan):
    actor = customer_actor(zhangsan.customer, Entry.WECOM_APP)
    given = {"chat_id": chat.pk, "actor": actor, "content": "您好", "external_id": "m-1"}
    assert customer_say(**given) == customer_say(**given)


def test_who_writes_on_the_page_is_answered_there(chat, customer_says):
    Chat.objects.filter(pk=chat.pk).update(entry="wecom_app", address="zhangsan")
    assert customer_says("换到网页")["entry"] == "web"
    chat.refresh_from_db()
    assert (chat.entry, chat.address) == ("web", "")
    assert chat.events.get(kind="entry").to_value == "网页"


def test_an_ended_chat_names_its_state_and_says_what_to_do(api, chat, zhangsan, own):
    _end(chat)
    answer = api(zhangsan).post(f"{own}/messages", {"content": "还在吗"})
    assert answer.status_code == 409
    assert answer.json()["status"] == "ended"
    assert "reopen" in answer.json()["errors"][0]["detail"]


def test_who_is_blocked_is_refused(api, chat, zhangsan, own):
    customer = zhangsan.customer
    customer.blocked_at = timezone.now()
    customer.save()
    answer = api(zhangsan).post(f"{own}/messages", {"content": "您好"})
    assert answer.status_code == 403
    assert answer.json()["errors"][0]["code"] == "blocked"


def test_somebody_elses_chat_is_not_there(api, own, chat):
    stranger = UserFactory(role="customer", customer=None)
    assert api(stranger).post(f"{own}/messages", {"content": "x"}).status_code == 404


def test_a_visitor_speaks_with_the_cookie_alone(api, chat, zhangsan, own):
    client = api()
    client.cookies[COOKIE] = visitor_token(zhangsan.customer)
    answer = client.post(f"{own}/messages", {"content": "您好"}, HTTP_IDEMPOTENCY_KEY="k")
    assert answer.status_code == 201
    again = client.post(f"{own}/messages", {"content": "您好"}, HTTP_IDEMPOTENCY_KEY="k")
    assert again.headers["Idempotent-Replayed"] == "true"
    assert ChatMessage.objects.count() == 1


@pytest.mark.parametrize(
    ("given", "attr"),
    [
        ({}, "content"),
        ({"content": "   "}, "content"),
        ({"content": "x" * 5001}, "content"),
        ({"content": "铃\x07"}, "content"),
        ({"content": "x", "type": "card"}, "type"),
        ({"content": "x", "type": "nothing"}, "type"),
        ({"content": "", "type": "image"}, "file"),
        ({"content": "x", "client_id": "x" * 65}, "client_id"),
        ({"content": "x", "client_id": "a\nb"}, "client_id"),
    ],
)
def test_what_is_wrong_is_named(api, zhangsan, own, given, attr):
    answer = api(zhangsan).post(f"{own}/messages", given, format="json")
    assert answer.status_code == 400, answer.content
    assert answer.json()["errors"][0]["attr"] == attr
    assert not ChatMessage.objects.exists()


def test_a_platforms_number_has_a_length_too(chat, zhangsan):
    actor = customer_actor(zhangsan.customer, Entry.WECOM_APP)
    with pytest.raises(InvalidInputError):
        customer_say(chat_id=chat.pk, actor=actor, content="x", external_id="x" * 129)


def test_words_of_the_longest_length_are_taken(customer_says):
    assert len(customer_says("字" * 5000)["content"]) == 5000


def _end(chat):
    Chat.objects.filter(pk=chat.pk).update(status="ended", ended_at=timezone.now())
