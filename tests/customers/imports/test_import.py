"""A table of customers comes in: each row once, each wrong one named."""

import csv
import io
import zipfile

import pytest

from config.events.models import OutboxEntry
from customers.actions import imports
from customers.models import (
    Customer,
    CustomerEvent,
    CustomerImport,
    CustomerTag,
    ImportRowError,
    Tag,
    TagGroup,
)
from tests.customers.imports.conftest import PATH, table, workbook
from tests.factories import CustomerFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)

HEADER = ["姓名", "手机", "公司", "标签"]


def counts(report):
    return [report[name] for name in ("created", "updated", "unchanged", "failed")]


@pytest.fixture
def worked(api, send):
    """Like `imported`, without the thousands of tasks that hear of the new customers."""

    def run(user, rows):
        path = send(user, rows).json()["status_url"]
        job = CustomerImport.objects.latest("pk")
        while api(user).get(path).json()["status"] != "finished":
            imports.import_work(job_pk=job.pk)
        OutboxEntry.objects.all().delete()
        return api(user).get(path).json()

    return run


@pytest.mark.timeout(400)
def test_twenty_thousand_rows_with_two_hundred_bad_ones(admin, worked):
    rows = [HEADER]
    for n in range(20_000):
        phone = "12" if n % 100 == 7 else f"139{n:08d}"
        rows.append([f"客户{n}", phone, "甲公司", "老客户、华东" if n % 100 == 1 else ""])
    report = worked(admin, rows)
    assert counts(report) == [19_800, 0, 0, 200]
    assert (report["status"], report["position"]) == ("finished", 20_000)
    assert Customer.objects.count() == 19_800
    bad = list(ImportRowError.objects.order_by("line").values_list("line", "field"))
    assert bad == [(n + 2, "phone") for n in range(20_000) if n % 100 == 7]
    again = worked(admin, rows)
    assert counts(again) == [0, 0, 19_800, 200]
    assert Customer.objects.count() == 19_800
    assert CustomerTag.objects.count() == 400
    assert not CustomerImport.objects.exclude(content=b"").exists()


def test_every_column_is_understood_in_chinese_and_in_english(admin, imported):
    UserFactory(username="zhaoliu", name="赵六")
    rows = [
        "姓名,手机,公司,性别,省,市,来源,标签,跟进人,externalUserid,unionid,备注,邮箱,addTime,幸运数字",
        "张三,138-0013-8000,甲,男,广东,深圳,公众号,VIP;华南、VIP,赵六,wm1,u1,老同学,a@b.cn,2026/1/31 9:30,7",
    ]
    rows = [line.split(",") for line in rows]
    report = imported(admin, rows)
    assert (counts(report), report["warnings"]) == ([1, 0, 0, 0], ["幸运数字"])
    made = Customer.objects.get()
    assert (made.phone, made.gender, made.channel) == ("+8613800138000", 1, "official_account")
    assert (made.external_userid, made.unionid, made.remark) == ("wm1", "u1", "老同学")
    assert made.follow_user.username == "zhaoliu"
    assert made.add_time.isoformat().startswith("2026-01-31T01:30")
    assert made.identifiers.get().address == "a@b.cn"
    assert sorted(made.tags.values_list("name", flat=True)) == ["VIP", "华南"]
    assert set(made.events.values_list("kind", "entry")) == {
        ("created", "import"),
        ("tagged", "import"),
    }


def test_what_is_known_is_updated_where_it_differs_and_only_there(admin, imported):
    tag = Tag.objects.create(name="老客户", group=TagGroup.objects.create(name="阶段"))
    known = CustomerFactory(
        name="旧名", phone="+8613800138001", external_userid="wm1", corp_id="c", remark="留着"
    )
    by_union = CustomerFactory(name="乙", phone="", unionid="u2")
    same = CustomerFactory(name="丙", phone="+8613800138003", company="丙公司")
    rows = [
        ["name", "phone", "company", "external_userid", "corp_id", "unionid", "remark", "tags"],
        ["新名", "", "", "wm1", "c", "", "", "老客户"],
        ["乙", "13800138002", "", "", "", "u2", "", ""],
        ["丙", "13800138003", "丙公司", "", "", "", "", ""],
    ]
    assert counts(imported(admin, rows)) == [0, 2, 1, 0]
    known.refresh_from_db()
    assert (known.name, known.phone, known.remark) == ("新名", "+8613800138001", "留着")
    assert list(known.tags.all()) == [tag], "a tag of that name is used, in whichever group"
    by_union.refresh_from_db()
    assert by_union.phone == "+8613800138002"
    event = CustomerEvent.objects.get(customer=known, kind="updated")
    assert event.changes == {"name": ["旧名", "新名"]}
    assert not CustomerEvent.objects.filter(customer=same).exists()
    assert counts(imported(admin, rows)) == [0, 0, 3, 0]


def test_events_tell_of_each_customer_in_order(admin, send):
    send(admin, [HEADER, ["张三", "13800138000", "", "VIP"]])
    OutboxEntry.objects.all().delete()
    imports.import_work(job_pk=CustomerImport.objects.get().pk)
    told = OutboxEntry.objects.order_by("id").values_list("name", "payload__data")
    assert [name for name, _ in told] == ["customer.created", "customer.tag.added"]
    assert all(data["customer_id"] and data["entry"] == "import" for _, data in told)


@pytest.mark.parametrize(
    ("row", "field", "code"),
    [
        (["", "13800138000"], "name", "required"),
        (["张三", ""], "phone", "required"),
        (["张三", "12"], "phone", "invalid"),
        (["张" * 101, "13800138000"], "name", "max_length"),
        (["张三", "13800138000", "随便"], "gender", "invalid_choice"),
        (["张三", "13800138000", "", "标" * 31], "tags", "max_length"),
        (["张三", "13800138000", "", "", "nobody"], "follow_user", "unknown_staff"),
        (["张三", "13800138000", "", "", "", "not-a-mailbox"], "email", "invalid_email"),
        (["张三", "13800138000", "", "", "", "", "2026-02-30"], "add_time", "invalid_time"),
    ],
)
def test_a_wrong_row_is_named_by_field(admin, imported, row, field, code):
    header = ["姓名", "手机", "性别", "标签", "跟进人", "邮箱", "添加时间"]
    report = imported(admin, [header, [], row, ["李四", "13800138009"]])
    assert counts(report) == [1, 0, 0, 1]
    found = [(item["line"], item["field"], item["code"]) for item in report["errors"]]
    assert found == [(3, field, code)]


def test_who_stands_in_the_table_twice_is_reported(admin, imported):
    rows = [
        ["姓名", "手机", "external_userid"],
        ["张三", "13800138000", ""],
        ["张三", "+86 138 0013 8000", ""],
        ["李四", "", "wm1"],
        ["李四（新）", "", "wm1"],
    ]
    report = imported(admin, rows)
    assert counts(report) == [2, 0, 0, 2]
    assert [(e["line"], e["field"], e["code"]) for e in report["errors"]] == [
        (3, "phone", "duplicate"),
        (5, "external_userid", "duplicate"),
    ]


def test_a_phone_and_name_that_another_customer_has_are_refused(admin, imported):
    CustomerFactory(name="张三", phone="+8613800138000", external_userid="wm1")
    CustomerFactory(name="旧名", phone="+8613800138000", external_userid="wm2")
    rows = [
        ["姓名", "手机", "external_userid"],
        ["张三", "", "wm2"],
        ["张三", "13800138000", "wm3"],
    ]
    report = imported(admin, rows)
    assert [(e["line"], e["code"]) for e in report["errors"]] == [(2, "unique"), (3, "unique")]


def test_a_dry_run_reports_the_same_and_changes_nothing(admin, imported, api):
    CustomerFactory(name="丙", phone="+8613800138003", company="旧公司")
    rows = [
        HEADER,
        ["张三", "13800138000", "", "新标签"],
        ["李四", "x"],
        ["丙", "13800138003", "新"],
    ]
    dry = imported(admin, rows, dry_run=True)
    assert dry["dry_run"] is True
    assert Customer.objects.count() == 1
    assert not Tag.objects.exists()
    assert not CustomerEvent.objects.exists()
    assert Customer.objects.get().company == "旧公司"
    real = imported(admin, rows)
    assert counts(dry) == counts(real) == [1, 1, 0, 1]
    assert dry["errors"] == real["errors"]


def test_killed_in_the_middle_it_goes_on_behind_the_last_chunk(
    admin, send, monkeypatch, run_outbox
):
    monkeypatch.setattr(imports, "CHUNK", 10)
    send(admin, [HEADER] + [[f"客户{n}", f"139{n:08d}", "", "VIP"] for n in range(45)])
    job = CustomerImport.objects.get()
    work, done = imports.write, []

    def dying(planned, actor, import_id):
        work(planned, actor, import_id)
        done.append(len(planned))
        if len(done) == 3:
            raise SystemExit

    monkeypatch.setattr(imports, "write", dying)
    with pytest.raises(SystemExit):
        imports.import_work(job_pk=job.pk)
    job.refresh_from_db()
    assert (job.position, Customer.objects.count()) == (20, 20)
    assert imports.imports_resume() == 0, "its worker may still live"
    CustomerImport.objects.update(heartbeat_at=job.created_at - imports.SILENT)
    OutboxEntry.objects.all().delete()
    assert imports.imports_resume() == 1
    run_outbox()
    job.refresh_from_db()
    assert (job.status, job.created_count, Customer.objects.count()) == ("finished", 45, 45)
    assert CustomerTag.objects.count() == 45


def test_a_long_import_is_handed_on(admin, send, monkeypatch, run_outbox):
    monkeypatch.setattr(imports, "CHUNK", 10)
    ticks = iter(range(0, 10_000, imports.SECONDS - 10))
    monkeypatch.setattr(imports.time, "monotonic", lambda: next(ticks))
    send(admin, [HEADER] + [[f"客户{n}", f"139{n:08d}"] for n in range(45)])
    assert run_outbox() > 3
    assert CustomerImport.objects.get().status == "finished"


def test_an_error_of_ours_ends_it_and_says_so(admin, imported, monkeypatch):
    def broken(*_args):
        raise ZeroDivisionError

    monkeypatch.setattr(imports, "write", broken)
    report = imported(admin, [HEADER, ["张三", "13800138000"]])
    assert (report["status"], "内部错误" in report["error"]) == ("failed", True)
    assert bytes(CustomerImport.objects.get().content) == b""


def test_staff_import_their_own_customers(lisi, wangwu, imported):
    theirs = CustomerFactory(name="王的", phone="+8613800138001", follow_user=wangwu, company="甲")
    own = CustomerFactory(name="李的", phone="+8613800138002", follow_user=lisi)
    rows = [
        ["姓名", "手机", "公司", "跟进人"],
        ["新客户", "13800138000", "", ""],
        ["王的", "13800138001", "乙", ""],
        ["李的", "13800138002", "乙", "lisi"],
        ["另一位", "13800138003", "", "王五"],
    ]
    report = imported(lisi, rows)
    assert counts(report) == [1, 1, 0, 2]
    assert Customer.objects.get(name="新客户").follow_user == lisi
    assert [(e["line"], e["code"], e["detail"]) for e in report["errors"]] == [
        (3, "not_visible", "不在您的可见范围"),
        (5, "not_allowed", "只有管理员可以指定其他跟进人"),
    ]
    theirs.refresh_from_db()
    own.refresh_from_db()
    assert (theirs.company, own.company) == ("甲", "乙")


def test_who_is_switched_off_meanwhile_imports_nothing(lisi, send, run_outbox):
    send(lisi, [HEADER, ["张三", "13800138000"]])
    type(lisi).objects.filter(pk=lisi.pk).update(is_active=False)
    run_outbox()
    assert CustomerImport.objects.get().status == "failed"
    assert not Customer.objects.exists()


def test_imports_are_their_senders_and_the_administrators(admin, lisi, wangwu, imported, api):
    report = imported(lisi, [HEADER, ["张三", "x"]])
    path = f"{PATH}s/{report['import_id']}"
    assert api(wangwu).get(path).status_code == 404
    assert api(wangwu).get(f"{path}/errors").status_code == 404
    assert api(wangwu).get(f"{PATH}s").json()["total"] == 0
    assert api(admin).get(f"{PATH}s").json()["list"][0]["import_id"] == report["import_id"]
    assert api(admin).get(f"{path}/errors?size=1").json()["total"] == 1
    answer = api(lisi).get(f"{path}/errors?as=csv", headers={"accept": "text/csv"})
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(text)))[1] == ["2", "手机", "invalid", "不是有效的电话号码"]
    assert api(lisi).get(f"{path}/errors?as=pdf").json()["errors"][0]["attr"] == "as"


def bomb():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * (101 * 1024 * 1024))
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"", "a.csv"),
        (b"\n\n", "a.csv"),
        ("姓名,公司\n张三,甲\n".encode(), "a.csv"),
        ("手机\n13800138000\n".encode(), "a.csv"),
        ("姓名,手机\n".encode(), "a.csv"),
        ("姓名,手机,手机\n张三,1,2\n".encode(), "a.csv"),
        ("姓名,手机,phone\n张三,1,2\n".encode(), "a.csv"),
        ("姓名,手机\n张三,1\n".encode("utf-16"), "a.csv"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "a.xls"),
        (b"PK\x03\x04 broken", "a.xlsx"),
        (bomb(), "a.xlsx"),
        (b"\x89PNG\r\n\x1a\n\xff\xff", "a.png"),
        (("姓名,手机" + ",x" * 1001 + "\n").encode(), "a.csv"),
    ],
)
def test_what_is_no_table_is_refused_at_once(admin, send, content, name):
    answer = send(admin, content, name=name)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["attr"] == "file"
    assert not CustomerImport.objects.exists()


def test_a_file_over_the_limit_is_refused(admin, api, send):
    assert send(admin, b"x" * (20 * 1024 * 1024 + 1)).status_code == 400
    assert send(admin, b"x" * (21 * 1024 * 1024 + 1)).status_code == 413
    assert api(admin).post(PATH, {"dry_run": "maybe"}, format="multipart").status_code == 400
    assert api(admin).post(PATH, {"file": "x"}).status_code == 415


def test_a_table_larger_than_other_bodies_comes_in(admin, send):
    rows = [[*HEADER, "多余"], *[[f"客户{n}", "x", "", "", "多" * 2000] for n in range(1000)]]
    assert len(table(rows)) > 4 * 1024 * 1024
    assert send(admin, rows).status_code == 202


def test_a_workbook_is_read_as_a_table_is(admin, imported):
    rows = [
        ["姓名", "手机", "添加时间"],
        ["张三", 13800138000, None],
        ["李四", 13800138001.0, None],
    ]
    assert counts(imported(admin, workbook(rows), name="a.xlsx")) == [2, 0, 0, 0]


def test_the_same_upload_repeated_is_one_import(admin, send):
    rows = [HEADER, ["张三", "13800138000"]]
    first = send(admin, rows, **{"Idempotency-Key": "k1"})
    second = send(admin, rows, **{"Idempotency-Key": "k1"})
    assert second.json() == first.json()
    assert second["Idempotent-Replayed"] == "true"
    assert send(admin, [*rows, ["x", "y"]], **{"Idempotency-Key": "k1"}).status_code == 409
    assert CustomerImport.objects.count() == 1


def test_a_chunk_takes_a_fixed_number_of_statements(admin, send, django_assert_max_num_queries):
    rows = [[f"客户{n}", f"139{n:08d}", "", f"标签{n % 7}"] for n in range(400)]
    send(admin, [HEADER, *rows])
    with django_assert_max_num_queries(60):
        imports.import_work(job_pk=CustomerImport.objects.get().pk)
