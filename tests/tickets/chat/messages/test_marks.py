"""How far messages have come: never backwards, and never more than is known."""

from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from customers.actors import Entry, customer_actor
from tests.factories import CustomerFactory, UserFactory, actor
from tickets.chat.messages import marks
from tickets.chat.messages.actions import agent_say, customer_say
from tickets.models import RANK, AgentPresence, Chat, ChatMessage, ChatMessageStatus

pytestmark = pytest.mark.django_db


def test_the_customer_reads_up_to_a_number(api, zhangsan, own, chat, agent_says, told):
    first, second = agent_says("一"), agent_says("二")
    answer = api(zhangsan).post(f"{own}/read", {"up_to": 1})
    assert (answer.status_code, answer.json()) == (200, {"changed": 1})
    assert [frame["ids"] for frame in told("message.status")] == [[first["id"]]]
    read = ChatMessage.objects.get(pk=first["id"])
    assert read.status == "read"
    assert read.read_at == read.delivered_at is not None
    assert ChatMessage.objects.get(pk=second["id"]).status == "sent"
    chat.refresh_from_db()
    assert (chat.customer_read_number, chat.unread_by_customer) == (1, 1)
    assert api(zhangsan).post(f"{own}/read", {"up_to": 1}).json() == {"changed": 0}
    assert len(told("message.status")) == 1


def test_one_message_is_marked_read_and_all_before_it(api, zhangsan, own, agent_says):
    agent_says("一")
    second = agent_says("二")
    marked = api(zhangsan).post(f"{own}/messages/{second['id']}/mark-read")
    assert (marked.status_code, marked.json()["status"]) == (200, "read")
    assert set(ChatMessage.objects.values_list("status", flat=True)) == {"read"}
    assert api(zhangsan).post(f"{own}/messages/99999/mark-read").status_code == 404


def test_the_agent_reads_for_the_team_and_whoever_looks_in_does_not(
    api, admin, lisi, team, chat, customer_says
):
    customer_says()
    assert api(admin).post(f"{team}/read", {"up_to": 1}).json() == {"changed": 0}
    chat.refresh_from_db()
    assert chat.unread_by_agent == 1
    assert api(lisi).post(f"{team}/read", {"up_to": 1}).json() == {"changed": 1}
    chat.refresh_from_db()
    assert (chat.unread_by_agent, chat.agent_read_number) == (0, 1)


def test_delivered_comes_between_and_reading_is_not_undone(chat, zhangsan, agent_says):
    reader = actor(zhangsan)
    agent_says()
    assert marks.messages_delivered(chat_id=chat.pk, actor=reader, up_to=1) == 1
    message = ChatMessage.objects.get()
    assert (message.status, message.read_at) == ("delivered", None)
    marks.messages_read(chat_id=chat.pk, actor=reader, up_to=1)
    assert marks.messages_delivered(chat_id=chat.pk, actor=reader, up_to=1) == 0
    assert ChatMessage.objects.get().status == "read"


def test_held_and_failed_messages_cannot_have_been_seen(chat, zhangsan, agent_says):
    for status in ("held", "failed"):
        agent_says()
        ChatMessage.objects.filter(status="sent").update(status=status)
    assert marks.messages_read(chat_id=chat.pk, actor=actor(zhangsan), up_to=2) == 0


def test_what_went_through_a_platform_is_never_said_to_be_read(chat, zhangsan, agent_says):
    agent_says()
    ChatMessage.objects.update(entry="kf")
    assert marks.messages_read(chat_id=chat.pk, actor=actor(zhangsan), up_to=1) == 0
    assert ChatMessage.objects.get().status == "sent"


def test_notes_and_notices_are_no_unread_words(api, lisi, zhangsan, team, own, customer_says):
    customer_says()
    api(lisi).post(f"{team}/notes", {"content": "内部"})
    chat = Chat.objects.get()
    assert (chat.unread_by_agent, chat.unread_by_customer) == (1, 0)


@pytest.mark.parametrize("up_to", [None, "x", -1, 2**31, 10**30, 1.5, [], {}])
def test_a_wrong_number_is_named(api, zhangsan, own, up_to):
    answer = api(zhangsan).post(f"{own}/read", {"up_to": up_to}, format="json")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["attr"] == "up_to"


class StatesOnlyRise(TestCase):
    """Marks of both kinds, in any order and with any numbers."""

    def setUp(self) -> None:
        self.agent = UserFactory()
        AgentPresence.objects.create(
            user=self.agent, status="online", holds_until=timezone.now() + timedelta(hours=1)
        )
        self.customer = CustomerFactory()

    @settings(max_examples=25, deadline=None)
    @given(st.lists(st.tuples(st.booleans(), st.booleans(), st.integers(-1, 8)), max_size=12))
    def test_states_never_go_backwards(self, steps):
        Chat.objects.all().delete()
        chat = Chat.objects.create(
            customer=self.customer, agent=self.agent, status="active", queued_at=timezone.now()
        )
        sides = {True: actor(self.agent), False: customer_actor(self.customer, Entry.WEB)}
        for _ in range(3):
            customer_say(chat_id=chat.pk, actor=sides[False], content="x")
            agent_say(chat_id=chat.pk, actor=sides[True], content="y")
        before = self._ranks()
        for is_team, is_read, up_to in steps:
            mark = marks.messages_read if is_read else marks.messages_delivered
            changed = mark(chat_id=chat.pk, actor=sides[is_team], up_to=up_to)
            after = self._ranks()
            assert all(after[pk] >= rank for pk, rank in before.items())
            assert changed == sum(after[pk] != rank for pk, rank in before.items())
            before = after

    def _ranks(self) -> dict[int, int]:
        rows = ChatMessage.objects.values_list("pk", "status")
        return {pk: RANK[ChatMessageStatus(status)] for pk, status in rows}
