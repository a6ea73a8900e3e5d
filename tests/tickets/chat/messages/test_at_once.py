"""Many tabs, many people, one chat."""

import pytest
from django.utils import timezone

from config.errors import ConflictError
from tests.at_once import all_at_once
from tests.factories import actor
from tickets.chat.messages import marks
from tickets.chat.messages.actions import agent_say, customer_say, note_add
from tickets.models import RANK, Chat, ChatMessage, ChatMessageStatus

pytestmark = pytest.mark.django_db(transaction=True)


def test_one_message_sent_twenty_times_at_once_is_one(chat, zhangsan):
    who, answered = actor(zhangsan), []

    def send():
        given = {"chat_id": chat.pk, "actor": who, "content": "您好", "client_id": "same"}
        answered.append(customer_say(**given).pk)

    assert all_at_once([send] * 20) == []
    assert len(answered) == 20
    assert set(answered) == {ChatMessage.objects.get().pk}
    chat.refresh_from_db()
    assert (chat.last_number, chat.unread_by_agent) == (1, 1)


def test_numbers_have_no_gap_when_eight_speak_at_once(chat, zhangsan, lisi, admin):
    sides = [
        lambda: customer_say(chat_id=chat.pk, actor=actor(zhangsan), content="客户"),
        lambda: agent_say(chat_id=chat.pk, actor=actor(lisi), content="客服"),
        lambda: note_add(chat_id=chat.pk, actor=actor(admin), content="备注"),
        lambda: marks.messages_read(chat_id=chat.pk, actor=actor(lisi), up_to=10),
    ]

    def five(side):
        return lambda: [side() for _ in range(5)]

    assert all_at_once([five(side) for side in sides * 2]) == []
    numbers = list(ChatMessage.objects.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, 31))
    chat.refresh_from_db()
    assert chat.last_number == 30


def test_of_two_who_answer_at_once_only_who_has_the_chat_is_heard(chat, lisi, admin):
    acts = [
        lambda who=who: agent_say(chat_id=chat.pk, actor=actor(who), content="我来", last_seen=0)
        for who in (lisi, admin)
    ]
    assert all_at_once(acts, foreseen=ConflictError) == []
    assert ChatMessage.objects.get().user == lisi


def test_of_two_colleagues_who_hand_over_meanwhile_nobody_answers_blind(chat, lisi, wangwu):
    """The chat goes from 李四 to 王五; 王五's reply has not seen 李四's last words."""

    def hand_over():
        Chat.objects.filter(pk=chat.pk).update(agent=wangwu)

    agent_say(chat_id=chat.pk, actor=actor(lisi), content="可以退款")
    hand_over()
    blind = {"chat_id": chat.pk, "actor": actor(wangwu), "content": "不能退", "last_seen": 0}
    assert all_at_once([lambda: agent_say(**blind)] * 5, foreseen=ConflictError) == []
    assert ChatMessage.objects.count() == 1


def test_tabs_that_mark_at_once_never_move_a_message_backwards(chat, zhangsan, lisi):
    for number in range(10):
        agent_say(chat_id=chat.pk, actor=actor(lisi), content=str(number))
    who, changed = actor(zhangsan), []

    def mark(act, up_to):
        return lambda: changed.append(act(chat_id=chat.pk, actor=who, up_to=up_to))

    acts = [
        mark(act, up_to)
        for up_to in (3, 10, 7, 10)
        for act in (marks.messages_read, marks.messages_delivered)
    ]
    assert all_at_once(acts) == []
    assert set(ChatMessage.objects.values_list("status", flat=True)) == {"read"}
    assert 10 <= sum(changed) <= 20, "each message moves at most twice"
    chat.refresh_from_db()
    assert (chat.customer_read_number, chat.unread_by_customer) == (10, 0)
    late = ChatMessage.objects.filter(read_at__gt=timezone.now())
    assert not late.exists()
    assert RANK[ChatMessageStatus.READ] == max(RANK.values())
