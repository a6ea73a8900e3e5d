"""操作记录: every door's changes in one place, with what was there before."""

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from config.audit import own
from config.runtime import store
from customers.actions.edit import customer_edit
from customers.permission_groups.registry import StaffGroup
from tests.factories import CustomerFactory, RobotFactory, TagFactory, TicketFactory, actor
from tests.operators.people import client_of, member
from tickets import actions
from tickets.models import KnowledgeArticle

pytestmark = pytest.mark.django_db
PAGE = reverse("admin:admin_logentry_changelist")


def acts(client, **query):
    return client.get(PAGE, query).context["acts"]


def test_an_edit_in_the_admin_is_told_field_by_field(admin, lisi):
    client = client_of(admin)
    tag = TagFactory(name="VIP", order=1)
    place = reverse("admin:customers_tag_change", args=[tag.pk])
    client.post(place, {"name": "SVIP", "group": "", "order": 1})
    act = acts(client, kind="admin")[0]
    assert (act.who, act.what) == ("管理员", "修改")
    assert [(row.field, row.before, row.after) for row in act.changes] == [("名称", "VIP", "SVIP")]
    page = client.get(reverse("admin:customers_tag_history", args=[tag.pk])).content.decode()
    assert "修改前" in page
    assert "SVIP" in page


def test_choices_people_and_groups_are_told_in_words(admin, lisi):
    client = client_of(admin)
    member(StaffGroup.AGENT)
    place = reverse("admin:customers_user_change", args=[lisi.pk])
    form = client.get(place).context["adminform"].form
    given = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    given = {name: value for name, value in given.items() if value not in (None, "", False, [])}
    from django.contrib.auth.models import Group

    agents = Group.objects.get(name="客服")
    given |= {
        "role": "admin", "name": "李小四", "groups": [agents.pk],
        "date_joined_0": "2026-01-01", "date_joined_1": "00:00:00",
    }  # fmt: skip
    given.pop("date_joined", None)
    answer = client.post(place, given)
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    changes = {row.field: (row.before, row.after) for row in acts(client, kind="admin")[0].changes}
    assert changes["角色"] == ("员工", "管理员")
    assert changes["组"] == ("—", "客服")
    assert changes["姓名"] == ("（不显示）", "（不显示）"), "a person's name is not kept here"


def test_a_secret_leaves_no_trace(admin):
    client = client_of(admin)
    robot = RobotFactory()
    secret = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=abcdef-1234"
    fields = {
        "channel": "GROUP_BOT",
        "code": robot.code,
        "name": "改名",
        "is_active": "on",
        "webhook_url": secret,
    }
    client.post(reverse("admin:messaging_channelaccount_change", args=[robot.pk]), fields)
    entry = LogEntry.objects.latest("pk")
    shown = {row.field: row.after for row in own.changes_of(entry)}
    assert shown["名称"] == "改名"
    assert shown["Webhook 地址"] == "（不显示）"
    assert "abcdef" not in entry.change_message


def test_changes_by_every_door_stand_together(admin, lisi):
    ticket = TicketFactory()
    actions.ticket_assign(ticket_id=ticket.pk, assignee=lisi, actor=actor(admin))
    customer = CustomerFactory(name="张三", phone="+8613800138000", follow_user=lisi)
    customer_edit(customer_id=customer.pk, changes={"company": "新公司"}, actor=actor(lisi))
    store.change(key="chat.recall_seconds", value=60, actor=admin, reason="试一试")
    found = acts(client_of(admin))
    assert {act.source for act in found} == {"tickets", "customers", "runtime"}
    runtime = next(act for act in found if act.source == "runtime")
    assert (runtime.thing, runtime.said) == ("chat.recall_seconds", "试一试")
    edited = next(act for act in found if act.source == "customers")
    assert [(row.field, row.after) for row in edited.changes] == [("公司", "新公司")]


def test_it_is_narrowed_by_person_kind_object_and_period(admin, lisi):
    client = client_of(admin)
    actions.ticket_assign(
        ticket_id=TicketFactory(customer__follow_user=lisi).pk, assignee=lisi, actor=actor(lisi)
    )
    tag = TagFactory(name="甲")
    client.post(reverse("admin:customers_tag_change", args=[tag.pk]), {"name": "乙", "order": 0})
    assert {act.source for act in acts(client, person=lisi.pk)} == {"tickets"}
    assert {act.source for act in acts(client, kind="admin")} == {"admin"}
    assert {act.source for act in acts(client, model="customers.tag")} == {"admin"}
    assert acts(client, model="customers.tag", q="没有这个") == []
    assert acts(client, to="2020-01-01") == []
    assert len(acts(client, **{"from": "2020-01-01"})) == len(acts(client))


def test_pages_neither_repeat_nor_skip_and_ask_a_bounded_number_of_questions(admin, lisi):
    client = client_of(admin)
    for _ in range(40):
        actions.ticket_assign(ticket_id=TicketFactory().pk, assignee=lisi, actor=actor(admin))
    entries = [
        LogEntry(user=admin, object_id="1", object_repr=f"{n}", action_flag=2) for n in range(90)
    ]
    LogEntry.objects.bulk_create(entries)
    same = LogEntry.objects.latest("pk").action_time
    LogEntry.objects.update(action_time=same)
    seen, query = [], ""
    while query is not None:
        with CaptureQueriesContext(connection) as asked:
            page = client.get(f"{PAGE}{query}")
        assert len(asked) <= 25
        seen += [(act.source, act.key) for act in page.context["acts"]]
        query = page.context["next"] or None
    events = [key for source, key in seen if source == "tickets"]
    assert len(seen) == len(set(seen))
    assert len([key for source, key in seen if source == "admin"]) == 90
    assert len(events) >= 40


def test_only_who_answers_for_it_reads_it():
    assert client_of(member(StaffGroup.ADMINISTRATOR)).get(PAGE).status_code == 200
    assert client_of(member(StaffGroup.SUPERVISOR)).get(PAGE).status_code == 403
    assert client_of(member(StaffGroup.READER)).get(PAGE).status_code == 403


def test_an_articles_lists_are_told_as_lines(admin):
    client = client_of(admin)
    article = KnowledgeArticle.objects.create(title="怎么退货", body="七天内", keywords=["退货"])
    place = reverse("admin:tickets_knowledgearticle_change", args=[article.pk])
    given = {
        "title": "怎么退货", "body": "七天内", "questions": "", "keywords": "退货\n换货",
        "category": "", "product": "", "status": "draft", "is_public": "on",
    }  # fmt: skip
    client.post(place, given)
    rows = {row.field: (row.before, row.after) for row in acts(client, kind="admin")[0].changes}
    assert rows["关键词"] == ("退货", "退货、换货")
