"""The admin's first page and its navigation: by work, by role, by a bounded number of questions."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from config.admin_look.navigation import GROUPS
from config.dashboard.cards import Day
from config.dashboard.trend import HEIGHT, trend_of
from customers.permission_groups.registry import StaffGroup
from messaging.models import ChannelCircuit, Message, MessageStatus
from messaging.sending.accept import NewMessage, message_accept
from tests.factories import CustomerFactory, TicketFactory
from tests.operators.people import client_of, member
from tickets.models import Chat

pytestmark = pytest.mark.django_db
PAGE = reverse("admin:index")


def late(**given):
    return TicketFactory(deadline=timezone.now() - timedelta(hours=3), **given)


def cards(answer):
    return {shown.card.name: shown.content for shown in answer.context["cards"]}


def figures(content):
    return {figure.label: figure.value for figure in content.figures}


def waiting(minutes):
    return Chat.objects.create(
        customer=CustomerFactory(),
        entry="web",
        status="queued",
        queued_at=timezone.now() - timedelta(minutes=minutes),
    )


def failed_message(recipient="+8613800138000"):
    row = message_accept(NewMessage(channel="SMS", recipient=recipient, payload={"content": "x"}))
    Message.objects.filter(pk=row.pk).update(
        status=MessageStatus.FAILED, error_code="x", error_detail="号码停机"
    )


def test_an_administrator_sees_the_whole_desk(admin, lisi):
    late(title="服务器宕机")
    late(assignee=lisi, status="assigned")
    TicketFactory()
    waiting(5)
    waiting(42)
    failed_message()
    ChannelCircuit.objects.create(key="SMS:0", is_open=True, detail="余额不足")
    found = cards(client_of(admin).get(PAGE))
    assert figures(found["tickets"]) == {
        "我的待办": "0", "我的超时": "0", "未完成": "3", "已超时": "2", "待分配": "2",
    }  # fmt: skip
    assert "服务器宕机" in found["tickets"].lines[0].text
    assert figures(found["chats"])["等待中"] == "2"
    assert figures(found["chats"])["最久等待"] == "42 分钟"
    assert len(found["messages"].trend) == 7
    assert found["failed_messages"].lines[0].note == "号码停机"
    assert "13800138000" in found["failed_messages"].lines[0].text
    assert "余额不足" in found["channels"].lines[0].note


def test_staff_see_their_own_and_no_card_of_what_they_may_not_open(lisi):
    lisi.is_staff = True
    lisi.save()
    late(assignee=lisi, status="assigned", title="我的单")
    late(title="别人的单")
    found = cards(client_of(lisi).get(PAGE))
    assert set(found) == {"tickets", "chats", "customers"}
    assert figures(found["tickets"])["已超时"] == "1"
    assert [line.text for line in found["tickets"].lines if "别人的单" in line.text] == []


def test_an_empty_desk_says_so(admin):
    page = client_of(admin).get(PAGE).content.decode()
    for words in (
        "没有超时的工单",
        "没有客户在等待",
        "没有到期的跟进",
        "没有失败的消息",
        "各渠道正常",
    ):
        assert words in page


def test_who_may_open_nothing_is_told_whom_to_ask(lisi):
    from django.contrib.auth.models import Group

    lisi.is_staff = True
    lisi.save()
    lisi.groups.add(Group.objects.create(name="没有权限"))
    assert "请联系管理员分配权限组" in client_of(lisi).get(PAGE).content.decode()


def test_the_number_of_questions_does_not_grow_with_the_desk(admin):
    client = client_of(admin)
    client.get(PAGE)
    counts = []
    for size in (1, 12):
        for _ in range(size):
            late()
            waiting(size)
            failed_message()
        cache.clear()
        with CaptureQueriesContext(
            connection,
        ) as asked:
            client.get(PAGE)
        counts.append(len(asked))
    assert counts[0] == counts[1]
    assert counts[1] <= 45
    with CaptureQueriesContext(connection) as again:
        client.get(reverse("admin:messaging_optout_changelist"))
    assert len(again) <= 8, "what stands beside the navigation is not counted for each page"


def test_a_failed_messages_number_is_masked_for_those_who_need_not_see_it():
    failed_message()
    page = client_of(member(StaffGroup.OPERATIONS)).get(PAGE).content.decode()
    assert "138****8000" in page
    assert "13800138000" not in page


def test_the_navigation_has_only_what_one_may_open_with_what_waits_there(admin, lisi):
    late()
    waiting(1)
    everything = client_of(admin).get(PAGE).context["sidebar_navigation"]
    assert [group["title"] for group in everything] == [group.title for group in GROUPS]
    badges = {
        item["title"]: item["badge"]
        for group in everything
        for item in group["items"]
        if "badge" in item
    }
    assert badges == {"全部工单": "1", "会话记录": "1"}
    lisi.is_staff = True
    lisi.save()
    titles = {group["title"] for group in client_of(lisi).get(PAGE).context["sidebar_navigation"]}
    assert "消息发送" not in titles
    assert "企业微信与公众号" not in titles


def test_every_page_of_the_navigation_opens(admin):
    client = client_of(admin)
    for group in client.get(PAGE).context["sidebar_navigation"]:
        for item in group["items"]:
            if item["link"].startswith("/admin/"):
                assert client.get(item["link"]).status_code == 200, item["title"]
    assert settings.UNFOLD["SIDEBAR"]["show_search"]


def test_a_trend_shows_one_of_many_and_nothing_of_nothing():
    today = timezone.localdate()
    trend = trend_of([Day(today, 0, 0), Day(today, 1, 0), Day(today, 5000, 1)])
    assert [bar.height for bar in trend.bars] == [0, 2, HEIGHT]
    assert trend.bars[2].failed_height == 2
    assert trend_of([]) is None
