"""`/console/…`: who may open the staff pages, and what the server writes into them."""

import json
import re

import pytest
from django.conf import settings
from django.test import Client

from config.api.roles import Role
from tests.factories import PASSWORD, CustomerFactory, TicketFactory, UserFactory
from tickets import states
from tickets.models import TicketEvent
from tickets.states import TicketStatus

pytestmark = pytest.mark.django_db

PAGES = ["/console/", "/console/tickets/", "/console/tickets/1"]


@pytest.fixture
def browser():
    """A browser that is logged in as somebody, and must send CSRF tokens as browsers do."""

    def open_as(user=None):
        made = Client(enforce_csrf_checks=True)
        if user is not None:
            made.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return made

    return open_as


def facts(page):
    found = re.search(r'id="page-facts" type="application/json">(.*?)</script>', page)
    return json.loads(found[1])


def log_in(browser, username, password=PASSWORD, query=""):
    token = re.search(
        r'name="csrfmiddlewaretoken" value="(\w+)"', browser.get("/console/login/").content.decode()
    )[1]
    return browser.post(
        f"/console/login/{query}",
        {"username": username, "password": password, "csrfmiddlewaretoken": token},
    )


@pytest.mark.parametrize("page", PAGES)
def test_strangers_are_sent_to_the_login_and_back(browser, page):
    answer = browser().get(page)
    assert answer.status_code == 302
    assert answer["Location"] == f"/console/login/?next={page}"


@pytest.mark.parametrize("page", PAGES)
def test_customers_are_told_that_it_is_not_for_them(browser, page):
    customer = UserFactory(role=Role.CUSTOMER)
    answer = browser(customer).get(page)
    assert answer.status_code == 403
    assert "工作台只对员工开放" in answer.content.decode()


def test_staff_without_the_admin_log_in_and_are_where_they_wanted_to_be(browser, lisi):
    assert not lisi.is_staff
    mine = browser()
    answer = log_in(mine, "lisi", query="?next=/console/tickets/%3Foverdue=true")
    assert answer["Location"] == "/console/tickets/?overdue=true"
    assert "会话" in mine.get("/console/").content.decode()
    page = mine.get("/console/tickets/").content.decode()
    assert 'href="/admin/"' not in page, "no way to where they may not go"
    assert "李四" in page


def test_the_way_back_leads_to_no_stranger(browser, lisi):
    answer = log_in(browser(), "lisi", query="?next=https://evil.example/")
    assert answer["Location"] == "/console/"


@pytest.mark.parametrize(
    ("username", "password", "words"),
    [
        ("lisi", "wrong", "用户名或密码不正确"),
        ("nobody", PASSWORD, "用户名或密码不正确"),
        ("zhangsan", PASSWORD, "工作台只对员工开放"),
        ("gone", PASSWORD, "用户名或密码不正确"),
        ("x\x00y", PASSWORD, "不允许是用空字符串"),
    ],
)
def test_who_may_not_come_in_is_told_why(browser, lisi, username, password, words):
    UserFactory(username="zhangsan", role=Role.CUSTOMER)
    UserFactory(username="gone", is_active=False)
    answer = log_in(browser(), username, password)
    assert answer.status_code == 200
    assert words in answer.content.decode()


def test_guessing_is_slowed_down(browser, lisi, monkeypatch):
    monkeypatch.setattr(settings, "LOGIN_RATE", {"count": 2, "seconds": 60})
    mine = browser()
    for _ in range(2):
        assert log_in(mine, "lisi", "wrong").status_code == 200
    refused = log_in(mine, "lisi")
    assert refused.status_code == 429
    assert "登录过于频繁" in refused.content.decode()
    assert mine.get("/console/tickets/").status_code == 302


def test_logging_out_needs_a_post(browser, lisi):
    mine = browser(lisi)
    assert mine.get("/console/logout/").status_code == 405
    assert mine.post("/console/logout/").status_code == 403, (
        "nobody is logged out by a strange page"
    )
    assert mine.get("/console/tickets/").status_code == 200


def test_the_page_knows_the_table_of_moves(browser, lisi):
    found = facts(browser(lisi).get("/console/tickets/").content.decode())
    assert found["me"]["username"] == "lisi"
    for state in found["states"]:
        allowed = {to.value for to in states.TRANSITIONS[TicketStatus(state["value"])]}
        assert set(state["moves"]) == allowed


def test_a_ticket_outside_ones_view_is_not_there(browser, lisi, wangwu):
    mine = TicketFactory(customer=CustomerFactory(follow_user=lisi), title='<script>"&')
    other = TicketFactory(customer=CustomerFactory(follow_user=wangwu))
    assert browser(lisi).get(f"/console/tickets/{other.pk}").status_code == 404
    page = browser(lisi).get(f"/console/tickets/{mine.pk}")
    assert "&lt;script&gt;" in page.content.decode()
    assert facts(page.content.decode())["ticket_id"] == mine.pk


def test_no_page_has_scripts_of_its_own_text(browser, lisi):
    ticket = TicketFactory(customer=CustomerFactory(follow_user=lisi))
    for address in (
        "/console/",
        "/console/tickets/",
        f"/console/tickets/{ticket.pk}",
        "/console/login/",
    ):
        page = browser(lisi).get(address).content.decode()
        for attributes, text in re.findall(r"<script([^>]*)>(.*?)</script>", page, re.DOTALL):
            assert "application/json" in attributes or not text.strip()
        assert not re.search(r'\son\w+="', page)


def test_what_is_done_on_a_page_came_through_the_console(browser, lisi):
    ticket = TicketFactory(customer=CustomerFactory(follow_user=lisi))
    mine = browser(lisi)
    token = re.search(
        r'name="csrfmiddlewaretoken" value="(\w+)"', mine.get("/console/tickets/").content.decode()
    )[1]
    path = f"/api/tickets/{ticket.pk}/reply"
    body = {"content": "好的"}
    assert mine.post(path, body, "application/json").status_code == 403, "without the token"
    done = mine.post(path, body, "application/json", headers={"X-CSRFToken": token})
    assert done.status_code == 201
    assert TicketEvent.objects.get().entry == "console"


def test_the_home_page_leads_to_the_console(client):
    page = client.get("/").content.decode()
    assert 'href="/console/"' in page
    assert 'href="/submit/"' in page
