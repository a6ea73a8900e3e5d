"""The desk's tools, the narrowed ticket list, its export, and reports in the operators' admin."""

import csv
import io
import json
import logging
from datetime import timedelta

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.factories import AdminFactory, CustomerFactory, TicketFactory
from tickets.models import (
    CannedReply,
    ChecklistTemplate,
    CustomField,
    Ticket,
    TicketRating,
)

pytestmark = pytest.mark.django_db
LIST = "admin:tickets_ticket_changelist"


def signed_in(user) -> Client:
    user.is_staff = True
    user.save()
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def operator(admin):
    return signed_in(admin)


@pytest.fixture
def colleague(lisi):
    return signed_in(lisi)


def listed(client, **query) -> set[int]:
    page = client.get(reverse(LIST), query)
    assert page.status_code == 200, query
    return {ticket.pk for ticket in page.context["cl"].result_list}


def test_the_list_is_narrowed_by_what_a_desk_asks(operator, admin, lisi):
    now = timezone.now()
    late = TicketFactory(sla_state="breached", product="云服务器")
    paused = TicketFactory(waiting_since=now)
    asked = TicketFactory(unanswered_since=now, assignee=lisi)
    mine = TicketFactory(assignee=admin)
    disliked = TicketFactory(status="resolved", resolved_at=now)
    TicketRating.objects.create(ticket=disliked, cycle=1, score=2, entry="web")
    old = TicketFactory()
    Ticket.objects.filter(pk=old.pk).update(created_at=now - timedelta(days=40))
    assert listed(operator, sla_state__exact="breached") == {late.pk}
    assert listed(operator, waiting="customer") == {paused.pk}
    assert listed(operator, waiting="team") == {asked.pk}
    assert listed(operator, assignee="me") == {mine.pk}
    assert listed(operator, assignee=str(lisi.pk)) == {asked.pk}
    assert late.pk in listed(operator, assignee="nobody")
    assert listed(operator, product="云服务器") == {late.pk}
    assert late.pk not in listed(operator, product="-")
    assert listed(operator, low_rating="1") == {disliked.pk}
    since = f"{timezone.localdate() - timedelta(days=60):%Y-%m-%d}"
    until = f"{timezone.localdate() - timedelta(days=30):%Y-%m-%d}"
    assert listed(operator, created_at_from=since, created_at_to=until) == {old.pk}
    today = f"{timezone.localdate():%Y-%m-%d}"
    assert old.pk not in listed(operator, created_at_from=today, created_at_to=today)
    assert mine.pk in listed(operator, created_at_from=today, created_at_to=today)


@pytest.mark.parametrize(
    "query",
    [
        {"assignee": "9" * 30},
        {"product": "\x00"},
        {"waiting": "x"},
        {"created_at_from": "x"},
        {"q": "\x00"},
        {"q": "#" + "9" * 40},
        {"created_at__year": "2026", "created_at__month": "13"},
        {"status__exact": "\x00"},
        {"created_at__year": "9" * 40},
        {"created_at__year": "9999"},
        {"created_at__year": "0001"},
    ],
)
def test_senseless_filters_are_no_error_of_ours(operator, query):
    TicketFactory()
    assert operator.get(reverse(LIST), query).status_code in (200, 302, 400)
    export = reverse("admin:tickets_ticket_export", args=["csv"])
    assert operator.get(export, query).status_code in (200, 302)


def test_the_list_is_searched_as_everywhere(operator):
    ticket = TicketFactory(title="打印机卡纸", description="打印机卡纸")
    TicketFactory()
    assert listed(operator, q="卡纸") == {ticket.pk}
    assert listed(operator, q=f"#{ticket.pk}") == {ticket.pk}


def exported(client, kind="csv", **query) -> list[list[str]]:
    answer = client.get(reverse("admin:tickets_ticket_export", args=[kind]), query)
    assert answer.status_code == 200
    content = b"".join(answer.streaming_content)
    if kind == "csv":
        return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    return [[cell.value or "" for cell in row] for row in sheet.iter_rows()]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_the_filters_show_is_what_is_taken_out(operator, kind):
    CustomField.objects.create(key="room", label="机房")
    customer = CustomerFactory(name="=cmd|' /C calc'!A1")
    urgent = TicketFactory(
        customer=customer, priority="urgent", title="@SUM(1)", custom_fields={"room": "三楼"}
    )
    TicketFactory()
    header, *rows = exported(operator, kind, priority__exact="urgent")
    (row,) = [dict(zip(header, row, strict=True)) for row in rows]
    assert (row["编号"], row["优先级"], row["机房"]) == (str(urgent.pk), "紧急", "三楼")
    # A formula would act in CSV; in XLSX the cell is text by its type.
    mark = "'" if kind == "csv" else ""
    assert row["标题"] == f"{mark}@SUM(1)"
    assert row["客户"] == f"{mark}=cmd|' /C calc'!A1"


def test_an_export_leaves_a_line_in_the_log(operator, admin, caplog):
    TicketFactory()
    with caplog.at_level(logging.INFO, logger="tickets.history.export"):
        exported(operator, q="服务器", status__exact="pending")
    (record,) = [entry for entry in caplog.records if "tickets_exported" in entry.getMessage()]
    told = record.msg if isinstance(record.msg, dict) else json.loads(record.getMessage())
    assert (told["user_id"], told["count"], told["finished"]) == (admin.pk, 1, True)
    assert told["filters"] == ["q", "status__exact"]
    assert "服务器" not in str(told)


def test_taking_out_needs_the_right(colleague, lisi, operator):
    address = reverse("admin:tickets_ticket_export", args=["csv"])
    assert colleague.get(address).status_code == 403
    assert address not in colleague.get(reverse(LIST)).content.decode()
    assert address in operator.get(reverse(LIST)).content.decode()


def test_a_list_that_is_too_long_is_refused(operator, monkeypatch):
    monkeypatch.setattr("tickets.admin.exporting.MOST_ROWS", 1)
    TicketFactory.create_batch(2)
    address = reverse("admin:tickets_ticket_export", args=["csv"])
    answer = operator.get(address, {"status__exact": "pending"}, follow=True)
    assert "一次最多导出 1 条" in answer.content.decode()
    assert answer.redirect_chain[0][0].endswith("?status__exact=pending")


def test_the_teams_replies_are_written_by_administrators_and_own_ones_by_colleagues(
    operator, colleague, lisi
):
    add = reverse("admin:tickets_cannedreply_add")
    fields = {
        "shortcut": "hi",
        "title": "问候",
        "body": "您好 {{customer_name}}",
        "is_active": "on",
    }
    assert operator.post(add, fields).status_code == 302
    team = CannedReply.objects.get()
    assert team.owner is None
    assert colleague.post(add, fields).status_code == 302
    own = CannedReply.objects.get(owner=lisi)
    change = reverse("admin:tickets_cannedreply_change", args=[team.pk])
    assert colleague.post(change, {**fields, "title": "x"}).status_code == 403
    change = reverse("admin:tickets_cannedreply_change", args=[own.pk])
    assert colleague.post(change, {**fields, "title": "新"}).status_code == 302
    own.refresh_from_db()
    assert own.title == "新"


def test_a_reply_with_a_blank_that_nobody_fills_is_refused_in_words(operator):
    fields = {"shortcut": "hi", "title": "问候", "body": "{{nobody}}", "is_active": "on"}
    answer = operator.post(reverse("admin:tickets_cannedreply_add"), fields, follow=True)
    assert "没有变量" in answer.content.decode()
    assert not CannedReply.objects.exists()


def test_a_checklist_is_written_line_by_line(operator):
    fields = {
        "name": "上线",
        "products": "",
        "items": "查网络\n\n查网络\n 查日志 ",
        "is_active": "on",
    }
    assert operator.post(reverse("admin:tickets_checklisttemplate_add"), fields).status_code == 302
    template = ChecklistTemplate.objects.get()
    assert (template.products, template.items) == ([], ["查网络", "查日志"])
    page = operator.get(reverse("admin:tickets_checklisttemplate_change", args=[template.pk]))
    assert "查网络\n查日志" in page.content.decode()


def test_a_field_keeps_its_key_and_a_choice_needs_options(operator):
    fields = {"label": "系统", "key": "system", "kind": "choice", "options": "", "position": "1",
              "is_active": "on"}  # fmt: skip
    add = reverse("admin:tickets_customfield_add")
    assert "单选至少要有一个选项" in operator.post(add, fields).content.decode()
    assert operator.post(add, {**fields, "options": "Windows\nLinux"}).status_code == 302
    field = CustomField.objects.get()
    assert field.options == ["Windows", "Linux"]
    change = reverse("admin:tickets_customfield_change", args=[field.pk])
    operator.post(change, {**fields, "key": "other", "kind": "text", "options": "Windows"})
    field.refresh_from_db()
    assert (field.key, field.kind, field.options) == ("system", "choice", ["Windows"])


def test_a_customers_report_is_a_page_linked_from_theirs(operator, colleague, lisi):
    customer = CustomerFactory(name="张三", follow_user=lisi)
    done = TicketFactory(customer=customer, status="resolved", resolved_at=timezone.now())
    TicketRating.objects.create(ticket=done, cycle=1, score=5, comment="<b>很快</b>", entry="web")
    address = reverse("admin:tickets_ticket_report", args=[customer.pk])
    theirs = reverse("admin:customers_customer_change", args=[customer.pk])
    assert address in operator.get(theirs).content.decode()
    page = colleague.get(address).content.decode()
    assert "张三 的服务报告" in page
    assert "&lt;b&gt;很快&lt;/b&gt;" in page
    assert colleague.get(address, {"as": "xlsx"}).status_code == 200
    foreign = reverse("admin:tickets_ticket_report", args=[CustomerFactory().pk])
    assert colleague.get(foreign).status_code == 404
    assert colleague.get(reverse("admin:tickets_ticket_report", args=[10**20])).status_code == 404
    refused = colleague.get(address, {"from": "x"}, follow=True)
    assert "日期格式应为" in refused.content.decode()


def test_the_list_leads_to_the_report(operator):
    page = operator.get(reverse("admin:tickets_ticket_changelist")).content.decode()
    assert reverse("reports:page", args=["tickets"]) in page


def test_another_administrators_list_shows_all(db):
    TicketFactory.create_batch(2)
    assert len(listed(signed_in(AdminFactory()))) == 2
