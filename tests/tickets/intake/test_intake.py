"""A ticket that is asked together, message by message, with colleagues and with customers."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from config.runtime import store
from customers.actors import Entry, customer_actor
from customers.models import Customer
from tests.at_once import all_at_once
from tests.factories import CustomerFactory, ProjectFactory, TicketFactory, actor
from tickets.intake.actions import (
    intake_cancel,
    intake_continue,
    intake_is_open,
    intake_start,
    intakes_forget_expired,
)
from tickets.intake.choice import chosen_number
from tickets.models import Ticket, TicketDraft

pytestmark = pytest.mark.django_db

KEY = "wecom_group:test_group_001:1"


@pytest.fixture
def talk(lisi):
    """Begins with what is known and answers one thing after another; returns the last reply."""

    def talk(*answers, who=None, key=KEY, **known):
        who = who or actor(lisi, Entry.WECOM_GROUP, "test_group_001")
        reply = intake_start(key=key, known=known, actor=who)
        for answer in answers:
            reply = intake_continue(key=key, text=answer, actor=who)
        return reply

    return talk


def test_what_is_missing_is_asked_for_one_after_another(talk):
    assert "哪位客户" in talk().text
    assert "手机号是多少" in talk("张三").text
    assert "遇到了什么问题" in talk("张三", "13800138000").text
    assert "哪个产品" in talk("张三", "13800138000", "连不上，紧急").text
    ticket = talk("张三", "13800138000", "连不上，紧急", "云服务器").ticket
    assert (ticket.description, ticket.product, ticket.priority) == (
        "连不上，紧急", "云服务器", "urgent",
    )  # fmt: skip
    assert (ticket.customer.name, ticket.customer.phone) == ("张三", "+8613800138000")
    assert ticket.entry == "wecom_group"
    assert not TicketDraft.objects.exists()


def test_only_what_is_missing_is_asked(talk):
    assert talk("不清楚", customer_name="张三", phone="13800138000", problem="坏了").ticket
    assert "手机号是多少" in talk(customer_name="李小二", problem="坏了").text


@pytest.mark.parametrize(
    "words", ["张三 13800138000", "@客户张三 手机:138 0013 8000", "客户：张三，电话13800138000"]
)
def test_name_and_number_may_come_in_one_answer(talk, words):
    assert "遇到了什么问题" in talk(words).text
    assert TicketDraft.objects.get().fields["customer_name"] == "张三"
    assert TicketDraft.objects.get().fields["phone"] == "+8613800138000"


@pytest.mark.parametrize("name", ["张4", "张98dfd4", "机房12"])
def test_digits_of_a_name_are_no_part_of_the_number(talk, name):
    talk(f"{name} 13800138000")
    fields = TicketDraft.objects.get().fields
    assert (fields["customer_name"], fields["phone"]) == (name, "+8613800138000")


def test_a_known_customers_number_is_not_asked_and_their_products_are_offered(talk, lisi):
    zhang = CustomerFactory(name="张三", follow_user=lisi)
    TicketFactory(customer=zhang, product="云服务器")
    ProjectFactory(customer=zhang, products=["备份", "云服务器"])
    text = talk("张三", "又坏了").text
    assert "1. 云服务器" in text
    assert "2. 备份" in text
    assert talk("张三", "又坏了", "第2个").ticket.product == "备份"
    assert Customer.objects.count() == 1


def test_one_of_several_of_a_name_is_chosen_by_number_or_by_phone(talk, lisi):
    CustomerFactory(name="张三", phone="+8613800138000", follow_user=lisi, company="甲公司")
    second = CustomerFactory(name="张三", phone="+8613900139000", follow_user=lisi)
    text = talk(customer_name="张三", problem="坏了").text
    assert "1. 张三（甲公司，138****8000）" in text
    assert "1 到 2" in talk("3", customer_name="张三", problem="坏了").text
    assert talk("２", "跳过", customer_name="张三", problem="坏了").ticket.customer == second
    by_phone = talk("13900139000", "跳过", customer_name="张三", problem="坏了")
    assert by_phone.ticket.customer == second
    assert "手机号才能确认" in talk("跳过", customer_name="张三", problem="坏了").text


def test_a_colleagues_customer_is_neither_shown_nor_doubled(talk, wangwu):
    CustomerFactory(name="张三", phone="+8613800138000", follow_user=wangwu)
    text = talk(customer_name="张三", problem="坏了").text
    assert "已由同事登记" in text
    assert "138" not in text
    assert "需要手机号" in talk("没有", customer_name="张三", problem="坏了").text


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        (("@",), "没有看到客户姓名"),
        (("张" * 101,), "100 字以内"),
        (("张三", "一二三"), "不是有效的电话号码"),
        (("张三", "跳过", "长" * 5001), "5000 字以内"),
        (("张三", "跳过", "坏了", "品" * 101), "100 字以内"),
    ],
)
def test_a_wrong_answer_is_asked_for_again(talk, answers, told):
    assert told in talk(*answers).text
    assert intake_is_open(key=KEY)


def test_cancelling_leaves_nothing(talk):
    assert talk("张三", "取消").text == "已取消，没有创建工单"
    assert not TicketDraft.objects.exists()
    assert intake_cancel(key=KEY) is False
    assert not Customer.objects.exists()


def test_nobody_elses_words_go_on_with_it(talk, wangwu):
    talk("张三")
    other = actor(wangwu, Entry.WECOM_GROUP, "test_group_001")
    assert intake_continue(key="another", text="13800138000", actor=other) is None
    assert TicketDraft.objects.get().asking == "phone"


def test_it_waits_half_an_hour_from_the_last_answer(talk, lisi):
    who = actor(lisi)
    start = timezone.now()
    with time_machine.travel(start, tick=False) as clock:
        talk()
        clock.shift(timedelta(minutes=29))
        assert intake_continue(key=KEY, text="张三", actor=who)
        clock.shift(timedelta(minutes=29))
        assert intake_is_open(key=KEY)
        clock.shift(timedelta(minutes=1))
        assert not intake_is_open(key=KEY)
        assert intake_continue(key=KEY, text="13800138000", actor=who) is None
        assert intakes_forget_expired() == 1
        store.change(key="ticket.intake_minutes", value=2, actor=None)
        store.forget_snapshot()
        talk()
        clock.shift(timedelta(minutes=2))
        assert not intake_is_open(key=KEY)


def test_a_customer_reports_for_themselves(talk):
    zhang = CustomerFactory(name="张三", phone="")
    who = customer_actor(zhang, Entry.WEB)
    assert "遇到了什么问题" in talk(who=who).text
    assert "手机号" in talk("坏了", "跳过", who=who).text
    ticket = talk("坏了", "跳过", "13800138000", who=who).ticket
    assert (ticket.customer, ticket.created_by) == (zhang, None)
    assert ticket.description == "坏了\n联系电话：13800138000"
    zhang.refresh_from_db()
    assert zhang.phone == "", "a number that anybody can type proves nothing"
    known = CustomerFactory(name="李雷")
    assert talk("坏了", "跳过", who=customer_actor(known, Entry.WEB)).ticket.customer == known


@pytest.mark.django_db(transaction=True)
def test_the_last_answer_twice_at_once_makes_one_ticket(talk, lisi):
    talk("张三", "跳过", "坏了")
    who = actor(lisi)
    answer = lambda: intake_continue(key=KEY, text="跳过", actor=who)  # noqa: E731
    assert all_at_once([answer] * 4) == []
    assert Ticket.objects.count() == 1


@pytest.mark.parametrize(
    ("text", "number"),
    [("2", 2), ("２", 2), ("第2个", 2), ("第二个", 2), ("两", 2), ("十二", 12), ("2.", 2), ("0", 0),
     ("", None), ("二楼的打印机", None), ("2号机坏了", None), ("个", None)],
)  # fmt: skip
def test_numbers_that_choose(text, number):
    assert chosen_number(text) == number
