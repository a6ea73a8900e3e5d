"""What becomes of a customer's words."""

import pytest

from customers.models import Customer
from messaging.models import ChannelType
from tests.factories import CustomerFactory, TicketFactory
from tests.tickets.assistant.conftest import OPENID
from tickets.assistant import reception
from tickets.models import (
    Action,
    AssistantSession,
    AssistantTurn,
    Chat,
    ChatMessage,
    Intent,
    Sender,
    Ticket,
    Visibility,
)

pytestmark = pytest.mark.django_db


def known(phone: str = "+8613800138000", **fields) -> Customer:
    customer = CustomerFactory(phone=phone, **fields)
    customer.identifiers.create(channel=ChannelType.WECHAT, address=OPENID)
    return customer


def test_a_strangers_urgent_fault_is_written_down_and_the_phone_asked_for(hear):
    heard = hear("我的服务器连不上了，很急")
    assert "紧急" in heard.reply
    assert f"https://example.com/bind/?who={OPENID}" in heard.reply
    turn = AssistantTurn.objects.get()
    assert (turn.intent, turn.action, turn.strategy) == (Intent.FAULT, Action.BIND, "rules")
    session = AssistantSession.objects.get()
    assert session.slots["problem"] == "我的服务器连不上了，很急"
    assert session.customer == turn.customer == Customer.objects.get()
    assert not Ticket.objects.exists()


def test_a_known_customers_fault_becomes_an_urgent_ticket_at_once(hear):
    customer = known()
    heard = hear("我的服务器连不上了，很急")
    ticket = Ticket.objects.get()
    assert (ticket.customer, ticket.priority, ticket.entry) == (customer, "urgent", "web")
    assert f"#{ticket.pk}" in heard.reply
    assert "紧急" in heard.reply
    assert AssistantTurn.objects.get().ticket == ticket


def test_a_bare_report_is_asked_what_it_is_and_which_product(hear):
    customer = known()
    for product in ("云主机", "打印机"):
        TicketFactory(customer=customer, product=product)
    assert "描述" in hear("我要报修").reply
    assert "1. 打印机\n2. 云主机" in hear("昨天开始登录不了").reply
    made = hear("2").reply
    ticket = Ticket.objects.latest("pk")
    assert f"#{ticket.pk}" in made
    assert (ticket.product, ticket.priority) == ("云主机", "normal")
    assert ticket.description == "昨天开始登录不了"


def test_without_a_phone_the_ticket_is_made_all_the_same(hear):
    hear("打印机打不开了")
    assert "手机" in hear("重启也没有用").reply
    hear("跳过")
    ticket = Ticket.objects.get()
    assert ticket.description == "打印机打不开了\n重启也没有用"


def test_one_may_ask_something_else_while_the_phone_is_asked_for(hear):
    hear("打印机打不开了")
    assert "没有查到" in hear("我的工单处理进度怎么样了").reply
    hear("跳过")
    assert Ticket.objects.get().description == "打印机打不开了"


def test_cancelling_forgets_what_was_said(hear):
    hear("打印机打不开了")
    assert "已取消" in hear("取消").reply
    assert AssistantSession.objects.get().slots == {}


@pytest.mark.parametrize("words", ["人工", "转人工", "转人工客服！", "我要找真人", "人 工"])
def test_a_person_is_reached_by_a_word(hear, on_duty, words):
    hear("打印机打不开了")
    heard = hear(words)
    chat = Chat.objects.get()
    assert (heard.chat_id, chat.agent, heard.reply) == (chat.pk, on_duty, "")
    written = chat.messages.filter(sender=Sender.CUSTOMER)
    assert [one.content for one in written] == [words]
    note = chat.messages.get(visibility=Visibility.INTERNAL, content__startswith="【助手小结】")
    assert "客户：打印机打不开了" in note.content
    assert "问题：打印机打不开了" in note.content
    assert AssistantTurn.objects.filter(chat=chat).count() == 2


def test_in_a_chat_every_word_is_the_agents_to_read(hear, on_duty):
    hear("人工")
    heard = hear("我的服务器连不上了，很急")
    assert (heard.reply, heard.turn_id) == ("", None)
    assert not Ticket.objects.exists()
    assert AssistantTurn.objects.count() == 1


def test_a_complaint_is_an_urgent_ticket_and_goes_to_a_person_first(hear, on_duty):
    hear("你们服务态度太差了，我要投诉")
    chat = Chat.objects.get()
    assert (chat.priority, chat.ticket.priority) == (9, "urgent")
    turn = AssistantTurn.objects.get()
    assert (turn.action, turn.ticket, turn.chat) == (Action.HANDOFF, chat.ticket, chat)


def test_not_understood_is_asked_back_and_then_a_person_reads_it(hear, on_duty):
    assert "没有理解" in hear("那个东西嘛").reply
    heard = hear("就是那个嘛")
    assert heard.chat_id == Chat.objects.get().pk
    note = ChatMessage.objects.get(content__startswith="【助手小结】").content
    assert "连续 2 次没有听懂" in note


def test_a_number_chooses_from_what_was_offered(hear):
    known()
    hear("那个东西嘛")
    assert "没有查到您的工单" in hear("2").reply


def test_progress_tells_only_ones_own(hear):
    mine = TicketFactory(customer=known(), title="打印机卡纸")
    other = TicketFactory(customer=CustomerFactory(), title="别人的事")
    said = hear("我的工单处理得怎么样了").reply
    assert "打印机卡纸" in said
    assert "别人的事" not in said
    assert "打印机卡纸" in hear(f"查一下工单 #{mine.pk}").reply
    assert hear(f"查一下工单 #{other.pk}").reply.startswith("没有找到您的工单")


def test_the_platforms_repetition_is_nothing_twice(hear):
    first = hear("我要报修", external_id="X1")
    again = hear("我要报修", external_id="X1")
    assert (again.turn_id, again.reply) == (first.turn_id, "")
    assert AssistantTurn.objects.count() == 1


def test_nothing_is_kept_of_the_blocked(hear):
    customer = known()
    customer.blocked_at = customer.created_at
    customer.save()
    assert hear("我要报修").note == "客户已拉黑，未受理"
    assert not AssistantTurn.objects.exists()


def test_an_entry_that_the_assistant_does_not_hear_reaches_a_person(hear, setting):
    setting("ai.assistant", {"entries": []})
    assert hear("你好").chat_id == Chat.objects.get().pk


def test_a_menus_button_needs_no_understanding(letters):
    heard = reception.hear_choice(
        entry=letters.code, address=OPENID, intent=Intent.FAULT, external_id="E1"
    )
    assert "描述" in heard.reply
    turn = AssistantTurn.objects.get()
    assert (turn.strategy, turn.confidence) == ("asked", 1.0)


def test_a_talk_is_over_when_nobody_has_spoken_for_long(hear):
    hear("打印机打不开了")
    AssistantSession.objects.update(expires_at="2020-01-01T00:00:00Z")
    assert "智能助手" in hear("你好").reply
    assert AssistantSession.objects.get().slots == {}
