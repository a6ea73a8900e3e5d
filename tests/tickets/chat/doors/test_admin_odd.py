"""Whatever stands in an address of the operators' admin, live chat's pages answer."""

import pytest
from django.test import Client

from tickets.models import ChatAgent, ChatGroup

pytestmark = pytest.mark.django_db
ROOMS = ("chat", "chatagent", "chatgroup")
QUERIES = [
    "q=%00", "q=%F0%9F%98%80", "q='", "status__exact=%00", "status__exact=x", "entry=%00",
    "agent=99999999999999999999999", "agent=%00", "rating=%00", "created_at_from=2026-13-45",
    "created_at_from=%00", "created_at_to=9999-12-31", "created_at_from=0001-01-01", "o=999.1",
    "o=%00", "p=-1", "p=99999999999999999999999", "p=%00", "accepts_chats__exact=%00",
    "accepts_chats__exact=2", "user__id__exact=99999999999999999999999", "user__id__exact=%00",
    "id=99999999999999999999999", "name=%00", "name__contains=%00", "members=%00", "e=1", "nope=1",
    "_popup=1", "_to_field=%00", "all=", "pk__in=1,%00", "customer__name__regex=(",
]  # fmt: skip
OBJECTS = ["%00", "0", "-1", "99999999999999999999999", "x", "%F0%9F%98%80", "1_3A"]


@pytest.fixture
def browser(admin, lisi):
    ChatAgent.objects.create(user=lisi)
    ChatGroup.objects.create(name="售后")
    client = Client(raise_request_exception=False)
    client.force_login(admin)
    return client


@pytest.mark.parametrize("room", ROOMS)
def test_odd_queries_lead_to_the_list_or_are_refused(browser, room):
    broken = [
        query
        for query in QUERIES
        if browser.get(f"/admin/tickets/{room}/?{query}", follow=True).status_code >= 500
    ]
    assert broken == []


@pytest.mark.parametrize("room", ROOMS)
def test_odd_keys_are_no_page(browser, room):
    broken = [
        (key, page)
        for key in OBJECTS
        for page in ("change", "history", "delete")
        if browser.get(f"/admin/tickets/{room}/{key}/{page}/", follow=True).status_code >= 500
    ]
    assert broken == []
