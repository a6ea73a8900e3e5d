"""One search over tickets and customers, within one's view; and the list's keyword."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from config.api.roles import Role
from tests.factories import CustomerFactory, TicketFactory, UserFactory, actor
from tickets.actions import ticket_reply
from tickets.desk.search import snippet_of
from tickets.models import Visibility

pytestmark = pytest.mark.django_db


def group(answer, kind):
    return next(found for found in answer.json()["groups"] if found["kind"] == kind)


def ids(answer, kind="tickets"):
    return [hit["id"] for hit in group(answer, kind)["list"]]


@pytest.fixture
def customer(lisi):
    return CustomerFactory(name="张三丰", company="武当科技", follow_user=lisi)


@pytest.mark.parametrize("words", ["无法连接", "连接超", "网关", "武当", "张三"])
def test_a_ticket_is_found_by_title_description_reply_and_customer(api, admin, customer, words):
    ticket = TicketFactory(
        customer=customer, title="服务器无法连接", description="从上午起连接超时"
    )
    ticket_reply(ticket_id=ticket.pk, content="请重启网关", actor=actor(admin))
    TicketFactory(title="别的", description="别的")
    assert ids(api(admin).get("/api/search", {"q": words})) == [ticket.pk]


def test_a_ticket_is_found_by_its_number(api, admin, customer):
    ticket, other = TicketFactory(customer=customer), TicketFactory(customer=customer)
    assert ids(api(admin).get("/api/search", {"q": f"#{ticket.pk}"})) == [ticket.pk]
    assert ids(api(admin).get("/api/search", {"q": f"{other.pk}"}))[0] == other.pk


def test_a_snippet_says_where_the_words_stand(api, admin, customer):
    TicketFactory(
        customer=customer, title="打印机", description="一" * 50 + "Paper JAM\n又来了" + "二" * 99
    )
    (hit,) = group(api(admin).get("/api/search", {"q": "paper jam"}), "tickets")["list"]
    assert hit["where"] == "description"
    snippet = hit["snippet"]
    ((start, end),) = snippet["marks"]
    assert snippet["text"][start:end] == "Paper JAM"
    assert snippet["text"].startswith("…一")
    assert snippet["text"].endswith("二…")
    assert "\n" not in snippet["text"]


def test_markup_stays_text():
    snippet = snippet_of("<b>无法</b>连接", "无法")
    assert (snippet.text, snippet.marks) == ("<b>无法</b>连接", [(3, 5)])


def test_customers_are_found_too_and_kinds_narrow_the_search(api, lisi, customer):
    TicketFactory(customer=customer)
    both = api(lisi).get("/api/search", {"q": "张三"})
    assert ids(both, "customers") == [customer.pk]
    assert len(ids(both)) == 1
    only = api(lisi).get("/api/search", {"q": "张三", "kinds": "customers"})
    assert [found["kind"] for found in only.json()["groups"]] == ["customers"]
    assert api(lisi).get("/api/search", {"q": "张三", "kinds": "nobody"}).status_code == 400


def test_nothing_outside_the_view_is_found(api, lisi, wangwu, customer):
    ticket = TicketFactory(customer=customer, title="机密问题", description="机密问题")
    assert ids(api(lisi).get("/api/search", {"q": "机密"})) == [ticket.pk]
    nothing = api(wangwu).get("/api/search", {"q": "机密"})
    assert ids(nothing) == []
    assert ids(api(wangwu).get("/api/search", {"q": "张三"}), "customers") == []
    assert ids(api(wangwu).get("/api/search", {"q": f"#{ticket.pk}"})) == []


def test_ten_of_a_kind_and_a_word_that_there_are_more(api, admin, customer):
    TicketFactory.create_batch(12, customer=customer)
    found = group(api(admin).get("/api/search", {"q": "服务器"}), "tickets")
    assert len(found["list"]) == 10
    assert found["has_more"] is True


def test_the_number_of_queries_does_not_grow(api, admin, customer, settings_read_once):
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert api(admin).get("/api/search", {"q": "网关"}).status_code == 200
        return len(asked)

    def furnish(count: int) -> None:
        for _ in range(count):
            ticket = TicketFactory(customer=customer)
            ticket_reply(ticket_id=ticket.pk, content="请重启网关", actor=actor(admin))

    furnish(1)
    few = queries()
    furnish(8)
    assert queries() == few <= 8


def test_the_lists_keyword_reads_replies_too(api, lisi, admin, customer):
    ticket = TicketFactory(customer=customer)
    TicketFactory(customer=customer)
    ticket_reply(ticket_id=ticket.pk, content="请重启网关", actor=actor(admin))
    found = api(lisi).get("/api/tickets", {"keyword": "网关"}).json()
    assert [row["id"] for row in found["list"]] == [ticket.pk]
    assert api(lisi).get("/api/tickets", {"keyword": f"#{ticket.pk}"}).json()["total"] == 1


def test_a_customer_does_not_find_by_what_the_team_notes(api, admin, customer):
    customer.remark = "难缠"
    customer.save()
    ticket = TicketFactory(customer=customer)
    by = actor(admin)
    ticket_reply(ticket_id=ticket.pk, content="怀疑欠费", actor=by, visibility=Visibility.INTERNAL)
    zhangsan = UserFactory(role=Role.CUSTOMER, customer=customer)
    for words, role, count in (("欠费", zhangsan, 0), ("难缠", zhangsan, 0), ("欠费", admin, 1)):
        found = api(role).get("/api/tickets", {"keyword": words}).json()
        assert found["total"] == count, words


@pytest.mark.parametrize("words", ["%", "_", "\\", "'", "#", "((", "一", "#" + "9" * 30, "9" * 40])
def test_signs_are_looked_for_as_they_are(api, admin, customer, words):
    TicketFactory(customer=customer, title="平常", description="平常")
    answer = api(admin).get("/api/search", {"q": words})
    assert answer.status_code == 200
    assert ids(answer) == []


@pytest.mark.parametrize("query", [{}, {"q": ""}, {"q": " "}, {"q": "a\x00b"}, {"q": "x" * 101}])
def test_a_search_for_nothing_is_refused(api, admin, query):
    assert api(admin).get("/api/search", query).status_code == 400
