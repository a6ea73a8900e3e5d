"""A file holds what the page shows, and nothing in it is a formula."""

import io
import re

import openpyxl
import pytest
from django.urls import reverse

from customers.models import Project
from monitoring.reports.registry import REPORTS
from tests.factories import CustomerFactory, TicketFactory
from tests.monitoring.reports.conftest import at, lines_of, moved
from tickets.models import TicketRating

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("march")]
FORMULA = '=HYPERLINK("https://evil.example","点我")'


@pytest.fixture
def data(lisi):
    customer = CustomerFactory(name=FORMULA, company="+86 公司", follow_user=lisi, risk_score=90)
    moved(customer, created_at=at(14))
    Project.objects.create(customer=customer, name="项目", owner=lisi, amount="1234.50")
    ticket = TicketFactory(
        customer=customer, assignee=lisi, status="assigned", title=FORMULA, product="@SUM(A1)",
        deadline=at(14),
    )  # fmt: skip
    TicketRating.objects.create(
        ticket=ticket, cycle=1, score=1, comment="-2+3 很慢", assignee=lisi, entry="web"
    )
    return ticket


def file_of(api, who, name, **query):
    return api(who).get(f"/api/reports/{name}/export", query)


@pytest.mark.parametrize("report", REPORTS, ids=lambda report: report.name)
def test_every_table_is_the_same_in_csv_in_xlsx_and_in_json(api, admin, data, read, report):
    json = read(report.name)
    for table in report.tables:
        csv = lines_of(file_of(api, admin, report.name, table=table.name))
        xlsx = file_of(api, admin, report.name, table=table.name, format="xlsx")
        sheet = openpyxl.load_workbook(io.BytesIO(b"".join(xlsx.streaming_content))).active
        assert sheet is not None
        cells = [["" if cell is None else cell for cell in row] for row in sheet.values]
        unguarded = [[cell[1:] if cell[:2] in ("'=", "'+", "'-", "'@") else cell for cell in row]
                     for row in csv]  # fmt: skip
        assert cells == unguarded
        assert len(csv) == 1 + len(json.table(table.name)), table.name
        for line, row in zip(csv[1:], json.table(table.name), strict=True):
            counts = [column.name for column in table.columns if column.kind == "count"]
            for name in counts:
                at_ = [column.name for column in table.columns].index(name)
                assert line[at_] == ("" if row[name] is None else str(row[name]))


def test_the_page_shows_the_same_lines(client, api, admin, data):
    client.force_login(admin, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(reverse("reports:page", args=["tickets"])).content.decode()
    table = re.search(r'data-table="by_day">(.*?)</table>', page, re.DOTALL)
    assert table is not None
    shown = [
        re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)
        for row in re.findall(r"<tr>(.*?)</tr>", table[1], re.DOTALL)
    ]
    filed = lines_of(file_of(api, admin, "tickets", table="by_day"))
    assert shown == filed


def test_no_cell_is_a_formula(api, admin, data):
    cells = {
        ("sales", "at_risk"): [FORMULA, "+86 公司"],
        ("tickets", "late"): [FORMULA],
        ("tickets", "by_product"): ["@SUM(A1)"],
        ("service", "comments"): ["-2+3 很慢"],
    }
    for (name, table), texts in cells.items():
        lines = lines_of(file_of(api, admin, name, table=table))
        found = [cell for line in lines for cell in line]
        for text in texts:
            assert f"'{text}" in found
            assert text not in found


def test_a_file_is_named_and_kept_by_nobody_between(api, admin, data):
    answer = file_of(api, admin, "sales", table="by_owner", format="xlsx")
    assert re.search(
        r'filename="report-sales-by_owner-[\d-]+\.xlsx"', answer["Content-Disposition"]
    )
    assert answer["Cache-Control"] == "no-store"
    lines = lines_of(file_of(api, admin, "sales"))
    assert lines[0] == [
        "日期", "新增客户", "流失客户", "跟进记录", "新建项目", "成交项目", "成交金额（元）",
    ]  # fmt: skip


def test_staff_take_away_what_they_may_see(api, lisi, wangwu, data):
    assert len(lines_of(file_of(api, lisi, "sales", table="at_risk"))) == 2
    assert len(lines_of(file_of(api, wangwu, "sales", table="at_risk"))) == 1
    assert len(lines_of(file_of(api, wangwu, "service", table="comments"))) == 1
    assert len(lines_of(file_of(api, lisi, "service", table="comments"))) == 2
    assert file_of(api, lisi, "messages").status_code == 403
