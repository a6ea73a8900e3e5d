"""Tickets like another: found by what they say, on both databases with one score."""

import pytest
from django.core.cache import cache

from config.api.roles import Role
from tests.factories import CustomerFactory, TicketFactory, UserFactory, actor
from tickets.actions import ticket_reply, ticket_transition
from tickets.history.likeness import LEAST, cleaned, likeness
from tickets.history.similar import similar_tickets
from tickets.models import Visibility

pytestmark = pytest.mark.django_db


def like(one: str, other: str) -> float:
    return likeness(cleaned(one), other, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("服务器无法连接", "服务器连不上了"),
        ("服务器无法连接", "服务器无法连接，网络超时"),
        ("登录失败报错500", "登录时报错 500"),
        ("打印机卡纸", "打印机又卡纸了，麻烦看一下"),
        ("无法登录后台", "后台登录不了"),
        ("App crashes on login", "Login: app crashes"),
    ],
)
def test_the_same_problem_in_other_words_is_alike(one, other):
    assert like(one, other) >= LEAST


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("服务器无法连接", "无法导出数据"),
        ("发票抬头开错了", "报表导出很慢"),
        ("登录失败报错500", "导出报错"),
    ],
)
def test_problems_that_share_a_word_are_not(one, other):
    assert like(one, other) < LEAST


def test_the_most_alike_comes_first_with_what_helped(api, admin):
    solved = TicketFactory(
        title="服务器连不上", description="服务器连不上，一直超时", assignee=admin
    )
    ticket_transition(
        ticket_id=solved.pk, status="resolved", reason="网络配置错误，已修复", actor=actor(admin)
    )
    TicketFactory(title="打印机卡纸", description="打印机卡纸")
    asked = TicketFactory(title="服务器无法连接", description="服务器无法连接")
    answer = api(admin).get(f"/api/tickets/{asked.pk}/similar")
    assert answer.status_code == 200
    (found,) = answer.json()
    assert set(found) == {"id", "title", "score", "status", "resolution"}
    assert found["id"] == solved.pk
    assert found["resolution"] == "网络配置错误，已修复"
    assert LEAST <= found["score"] <= 1


def test_without_words_at_the_end_the_last_public_answer_is_what_helped(admin):
    solved = TicketFactory(title="服务器连不上", description="服务器连不上", assignee=admin)
    by = actor(admin)
    ticket_reply(ticket_id=solved.pk, content="请重启路由器", actor=by)
    ticket_reply(
        ticket_id=solved.pk, content="内部：又是那台", actor=by, visibility=Visibility.INTERNAL
    )
    ticket_transition(ticket_id=solved.pk, status="resolved", actor=by)
    (found,) = similar_tickets(text="服务器连不上", actor=by)
    assert (found.resolution, found.score) == ("请重启路由器", 1.0)


def test_an_open_ticket_has_no_resolution_yet(admin):
    ticket = TicketFactory(title="服务器连不上", description="服务器连不上", assignee=admin)
    ticket_reply(ticket_id=ticket.pk, content="在看了", actor=actor(admin))
    (found,) = similar_tickets(text="服务器连不上", actor=actor(admin))
    assert found.resolution == ""


def test_of_two_alike_the_one_of_the_same_product_comes_first(api, admin):
    same = TicketFactory(title="登录失败报错", description="登录失败报错", product="云服务器")
    TicketFactory(title="登录失败报错", description="登录失败报错", product="官网")
    answer = api(admin).get("/api/tickets/similar", {"text": "登录失败", "product": "云服务器"})
    assert answer.json()[0]["id"] == same.pk
    assert answer.json()[0]["score"] > answer.json()[1]["score"]


def test_nobody_is_told_of_tickets_outside_their_view(api, lisi):
    TicketFactory(title="服务器连不上", description="服务器连不上")
    own = CustomerFactory()
    mine = TicketFactory(title="服务器连不上", description="服务器连不上", customer=own)
    customer = UserFactory(role=Role.CUSTOMER, customer=own)
    assert api(lisi).get("/api/tickets/similar", {"text": "服务器连不上"}).json() == []
    found = api(customer).get("/api/tickets/similar", {"text": "服务器连不上"}).json()
    assert [row["id"] for row in found] == [mine.pk]


@pytest.mark.parametrize("text", ["", "\x00", "，。！", "x" * 10_001])
def test_words_that_say_nothing_are_refused_or_find_nothing(api, admin, text):
    answer = api(admin).get("/api/tickets/similar", {"text": text})
    assert answer.status_code in (200, 400)
    assert answer.status_code == 400 or answer.json() == []


def test_common_words_do_not_hide_the_rare_ones(admin):
    """Every ticket has the common words; the one that shares the rare one is found among them."""
    cache.clear()
    rare = TicketFactory(
        title="系统无法使用：量子网关掉线", description="系统无法使用：量子网关掉线"
    )
    for number in range(60):
        TicketFactory(title=f"系统无法使用 {number}", description="系统无法使用")
    found = similar_tickets(text="量子网关掉线了", actor=actor(admin))
    assert found[0].id == rare.pk
