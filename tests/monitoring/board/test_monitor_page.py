"""`/monitor/`: who may open it, and what the server writes into it."""

import json
import re

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from config import packages
from config.api.roles import Role
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def open_as():
    def get(user=None):
        browser = Client()
        if user is not None:
            browser.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return browser.get("/monitor/")

    return get


def facts(page):
    found = re.search(r'id="page-facts" type="application/json">(.*?)</script>', page)
    return json.loads(found[1])


def test_strangers_are_sent_to_the_login_and_back(open_as):
    answer = open_as()
    assert answer.status_code == 302
    assert answer["Location"] == "/console/login/?next=/monitor/"


def test_customers_are_told_that_it_is_not_for_them(open_as):
    assert open_as(UserFactory(role=Role.CUSTOMER)).status_code == 403


def test_colleagues_see_figures_and_administrators_single_messages_too(open_as, lisi, admin):
    for user, may in ((lisi, False), (admin, True)):
        answer = open_as(user)
        assert answer.status_code == 200
        told = facts(answer.content.decode())
        assert told["may_see_messages"] is may
        assert told["channels"]["SMS"] == "短信"
        assert len(told["channels"]) == 9


def test_no_script_stands_in_the_page_itself(open_as, lisi):
    scripts = re.findall(r"<script(?![^>]*\ssrc=)[^>]*>", open_as(lisi).content.decode())
    assert scripts == ['<script id="page-facts" type="application/json">']


def test_without_the_chart_library_the_page_asks_for_none_and_says_so(open_as, lisi, monkeypatch):
    monkeypatch.setattr(packages, "FOLDER", packages.ROOT / "nowhere")
    page = open_as(lisi).content.decode()
    assert "echarts" not in page
    assert "图表组件没有安装" in page


@pytest.mark.skipif(not packages.is_fetched("echarts"), reason="no network at preparation")
def test_the_chart_library_is_served_with_its_licence(open_as, lisi):
    page = open_as(lisi).content.decode()
    assert "/static/echarts/echarts.min.js" in page
    assert "图表组件没有安装" not in page
    for name in ("echarts.min.js", "LICENSE", "NOTICE"):
        assert finders.find(f"echarts/{name}"), name
