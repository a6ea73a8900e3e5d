"""Customers go out as a table, and come in again as they were."""

import csv
import io
import tracemalloc

import openpyxl
import pytest

from config.sheets import csv_stream, xlsx_stream
from customers.actions.tags import tags_add
from customers.models import Customer, CustomerIdentifier, CustomerTag, Tag
from tests.factories import CustomerFactory, actor

pytestmark = pytest.mark.django_db(transaction=True)

PATH = "/api/v1/customers/export"


@pytest.fixture
def export(api):
    def get(user, **query):
        answer = api(user).get(PATH, query)
        assert answer.status_code == 200, answer.json()
        return b"".join(answer.streaming_content)

    return get


@pytest.fixture
def full(admin, lisi):
    customer = CustomerFactory(
        name="=HYPERLINK(1)",
        phone="+8613800138000",
        company="@甲,乙公司",
        gender=1,
        remark="-1+2",
        external_userid="wm1",
        corp_id="c",
        unionid="u1",
        follow_user=lisi,
    )
    CustomerIdentifier.objects.create(customer=customer, channel="EMAIL", address="a@example.com")
    tags = [Tag.objects.create(name=name) for name in ("甲", "乙")]
    tags_add(customer_id=customer.pk, tag_ids=[tag.pk for tag in tags], actor=actor(admin))
    return customer


def rows_of(raw):
    return list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"))))


def test_no_cell_is_a_formula(admin, full, export):
    raw = export(admin)
    assert raw.startswith(b"\xef\xbb\xbf"), "a spreadsheet takes it for UTF-8"
    row = rows_of(raw)[0]
    assert (row["姓名"], row["公司"], row["备注"]) == ("'=HYPERLINK(1)", "'@甲,乙公司", "'-1+2")
    assert (row["手机"], row["标签"], row["邮箱"]) == ("13800138000", "甲、乙", "a@example.com")
    assert (row["跟进人"], row["来源"], row["性别"]) == ("lisi", "员工录入", "男")


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_went_out_comes_in_unchanged(admin, full, export, imported, kind):
    for n in range(3):
        CustomerFactory(add_time=f"2026-01-0{n + 1}T00:00:00.123456Z")
    raw = export(admin, **{"as": kind})
    report = imported(admin, raw, name=f"customers.{kind}")
    figures = [report[name] for name in ("created", "updated", "unchanged", "failed")]
    assert (figures, report["warnings"]) == ([0, 0, 4, 0], [])
    Customer.objects.all().delete()
    CustomerTag.objects.all().delete()
    assert imported(admin, raw, name=f"customers.{kind}")["created"] == 4
    assert sorted(rows_of(export(admin)), key=str) == sorted(
        rows_of(raw) if kind == "csv" else rows_of(csv_of(raw)), key=str
    )


def csv_of(workbook):
    sheet = openpyxl.load_workbook(io.BytesIO(workbook)).active
    header, *rows = sheet.iter_rows(values_only=True)
    return b"".join(csv_stream(header, rows))


def test_one_takes_out_what_one_sees(admin, lisi, wangwu, full, export, api):
    other = CustomerFactory(follow_user=wangwu, channel="website")
    assert [row["外部联系人ID"] for row in rows_of(export(lisi))] == ["wm1"]
    assert len(rows_of(export(admin))) == 2
    assert [row["姓名"] for row in rows_of(export(admin, channel="website"))] == [other.name]
    assert rows_of(export(lisi, keyword=other.name)) == []
    assert api(admin).get(PATH, {"channel": "x"}).json()["errors"][0]["attr"] == "channel"
    assert api(admin).get(PATH, {"as": "pdf"}).json()["errors"][0]["attr"] == "as"
    Customer.objects.filter(pk=other.pk).update(status=0)
    assert len(rows_of(export(admin))) == 1
    assert len(rows_of(export(admin, status=0))) == 1
    assert rows_of(export(lisi, status=0)) == []


def test_an_export_takes_a_fixed_number_of_statements(admin, export, django_assert_max_num_queries):
    for _ in range(30):
        CustomerFactory()
    with django_assert_max_num_queries(6):
        export(admin)


@pytest.mark.parametrize("stream", [csv_stream, xlsx_stream])
def test_a_table_of_any_size_takes_little_memory(stream):
    rows = ((f"{n}", "字" * 100) for n in range(30_000))
    tracemalloc.start()
    size = sum(len(part) for part in stream(["a", "b"], rows))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert size > 100_000
    assert peak < 4_000_000
