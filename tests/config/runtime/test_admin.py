"""「运行时配置」 in the admin: forms made from schemas, versions, import and export."""

import json
import re

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from config.runtime import document, in_use, queries, schema, store
from config.runtime.admin.form import SettingForm, initial_of
from config.runtime.models import RuntimeSettingRevision

pytestmark = pytest.mark.django_db
KEY = "message_sender"
LIST = "admin:config_runtimesetting_changelist"


@pytest.fixture
def operator(client, admin):
    client.force_login(admin, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def at(number_of):
    def address(name, key=KEY, *more):
        return reverse(f"admin:config_runtimesetting_{name}", args=[number_of(key), *more])

    return address


def in_force(key):
    """As the database has it."""
    return document.mapping()[key]


def sent(key, **changed):
    """What the browser would send: everything in the inputs, and what was typed over it."""
    row = queries.entries().get(key=key)
    spec = schema.spec(key)
    form = SettingForm(
        spec,
        initial={**initial_of(spec, queries.value_in_force(row, key)), "seen_version": row.version},
    )
    shown = {field.html_name: field.value() for field in form}
    fields = {**shown, **changed}
    return {
        name: value for name, value in fields.items() if value is not None and value is not False
    }


def test_the_list_shows_every_key_in_its_group(operator):
    page = operator.get(reverse(LIST)).content.decode()
    for spec in schema.all_specs():
        assert f">{spec.key}</a>" in page
    assert "发送 <span" in page


def test_the_list_asks_a_bounded_number_of_questions(operator, django_assert_max_num_queries):
    operator.get(reverse(LIST))
    with django_assert_max_num_queries(8):
        operator.get(reverse(LIST))


@pytest.mark.parametrize("key", [spec.key for spec in schema.all_specs()])
def test_a_form_that_nobody_touched_says_the_value_in_force(key):
    form = SettingForm(schema.spec(key), sent(key))
    assert form.is_valid(), form.errors
    assert schema.completed(key, form.value) == schema.spec(key).default


@pytest.mark.parametrize("key", [spec.key for spec in schema.all_specs()])
def test_every_input_says_in_chinese_what_it_is(key):
    for heading, fields in SettingForm(schema.spec(key)).groups():
        assert not heading or re.search("[\u4e00-\u9fff]", heading), heading
        for field in fields:
            assert re.search("[\u4e00-\u9fff]", field.label), field.name


def test_saving_makes_a_version_with_who_and_why(operator, at):
    body = sent(KEY, **{"value.max_pool_size": 40, "reason": "试运行"})
    page = operator.post(at("change"), body, follow=True).content.decode()
    assert "已保存为版本 1" in page
    assert "试运行" in page
    assert in_force(KEY)["max_pool_size"] == 40
    revision = RuntimeSettingRevision.objects.get()
    assert (revision.reason, revision.changed_by_name) == ("试运行", "admin")
    assert LogEntry.objects.get().change_message == "修改为版本 1"


def test_what_the_schema_refuses_is_said_at_its_field_and_nothing_changes(operator, at):
    body = sent(KEY, **{"value.core_pool_size": 0, "value.max_pool_size": 5000})
    page = operator.post(at("change"), body).content.decode()
    for field, words in (("core_pool_size", "大于或等于1"), ("max_pool_size", "小于或等于1000")):
        box = re.search(rf'data-field="value\.{field}".*?role="alert">(.*?)</div>', page, re.S)
        assert words in box[1]
    body = sent(KEY, **{"value.max_pool_size": 5})
    page = operator.post(at("change"), body).content.decode()
    box = re.search(r'data-field="value\.max_pool_size".*?role="alert">(.*?)</div>', page, re.S)
    assert "不能小于 core_pool_size" in box[1]
    assert not RuntimeSettingRevision.objects.exists()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[", "第 1 行第 2 列"),
        ("NaN", "不是合法的 JSON"),
        ('["\\u0000"]', "NUL"),
        ("[" * 100_000, "JSON"),
        ('["PIGEON"]', "只能是"),
        ('["SMS", "SMS"]', "不能有重复的项"),
        ("", "必填"),
    ],
)
def test_json_that_cannot_be_kept_is_refused(operator, at, text, words):
    page = operator.post(
        at("change", "resend_uncertain"), sent("resend_uncertain", value=text)
    ).content.decode()
    assert words in page
    assert not RuntimeSettingRevision.objects.exists()


def test_a_page_that_somebody_made_old_saves_nothing(operator, at):
    body = sent(KEY, **{"value.max_pool_size": 40})
    store.change(key=KEY, value={"max_pool_size": 60}, actor=None)
    page = operator.post(at("change"), body).content.decode()
    assert "已是版本 1" in page
    assert in_force(KEY)["max_pool_size"] == 60


def test_the_preview_says_what_would_change_and_changes_nothing(operator, at):
    answer = operator.post(at("preview"), sent(KEY, **{"value.max_pool_size": 40})).json()
    assert answer["errors"] == []
    assert answer["lines"] == [
        {"path": "max_pool_size", "kind": "changed", "word": "修改", "old": "100", "new": "40"}
    ]
    wrong = operator.post(at("preview"), sent(KEY, **{"value.max_pool_size": 1})).json()
    assert wrong["errors"] == [{"field": "value.max_pool_size", "words": "不能小于 core_pool_size"}]
    assert not RuntimeSettingRevision.objects.exists()


def test_an_emptied_number_is_the_default(operator, at):
    store.change(key=KEY, value={"max_pool_size": 60}, actor=None)
    operator.post(at("change"), sent(KEY, **{"value.max_pool_size": ""}))
    assert in_force(KEY)["max_pool_size"] == 100


def test_rolling_back_asks_first(operator, at):
    store.change(key=KEY, value={"max_pool_size": 60}, actor=None)
    store.change(key=KEY, value={"max_pool_size": 70}, actor=None)
    asked = operator.get(at("rollback", KEY, 1)).content.decode()
    assert "<del>70</del>" in asked
    assert "<ins>60</ins>" in asked
    assert in_force(KEY)["max_pool_size"] == 70
    page = operator.post(at("rollback", KEY, 1), {"reason": "太多"}, follow=True).content.decode()
    assert "已成为版本 3" in page
    assert in_force(KEY)["max_pool_size"] == 60
    assert operator.get(at("rollback", KEY, 99)).status_code == 404


def test_a_rollback_that_somebody_was_asked_about_too_long_ago_is_refused(operator, at):
    for size in (60, 70):
        store.change(key=KEY, value={"max_pool_size": size}, actor=None)
    asked = operator.get(at("rollback", KEY, 1)).content.decode()
    seen = re.search(r'name="seen_version" value="(\d+)"', asked)[1]
    store.change(key=KEY, value={"max_pool_size": 80}, actor=None)
    page = operator.post(at("rollback", KEY, 1), {"seen_version": seen}, follow=True)
    assert "已是版本 3" in page.content.decode()
    assert in_force(KEY)["max_pool_size"] == 80


def test_going_back_to_the_default_asks_first(operator, at):
    store.change(key=KEY, value={"max_pool_size": 60}, actor=None)
    assert "<ins>100</ins>" in operator.get(at("reset")).content.decode()
    operator.post(at("reset"), {})
    assert in_force(KEY)["max_pool_size"] == 100


def test_two_versions_are_compared(operator, at):
    for size in (60, 70, 80):
        store.change(key=KEY, value={"max_pool_size": size}, actor=None)
    page = operator.get(f"{at('change')}?from=1&to=3").content.decode()
    box = re.search(r'class="rt-compared".*?</div>', page, re.S)[0]
    assert "<del>60</del>" in box
    assert "<ins>80</ins>" in box
    for wrong in ("?from=1", "?from=1&to=99", "?from=x&to=1", "?from=%00&to=1"):
        assert "rt-compared" not in operator.get(at("change") + wrong).content.decode()


def test_an_import_is_shown_before_it_is_done(operator):
    address = reverse("admin:config_runtimesetting_import")
    exported = operator.get(reverse("admin:config_runtimesetting_export"))
    document = json.loads(exported.content)
    document["values"]["retry"]["max_attempts"] = 7
    text = json.dumps(document)
    page = operator.post(address, {"text": text}).content.decode()
    assert "确认导入 1 项" in page
    assert in_force("retry")["max_attempts"] == 3
    operator.post(address, {"text": text, "_confirmed": "1", "reason": "迁移"})
    assert in_force("retry")["max_attempts"] == 7
    assert RuntimeSettingRevision.objects.get().reason == "迁移"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "JSON"),
        ("[]", "须是导出的文件"),
        ("", "JSON"),
        ('{"retry": {"max_attempts": 0}, "chat.max_concurrent": 6}', "retry.max_attempts"),
        ('{"no.such": 1}', "no.such"),
        ('{"a": "\\u0000"}', "NUL"),
    ],
)
def test_a_wrong_import_is_refused_as_a_whole(operator, text, words):
    address = reverse("admin:config_runtimesetting_import")
    page = operator.post(address, {"text": text, "_confirmed": "1"}).content.decode()
    assert words in page
    assert "没有导入" in page
    assert not RuntimeSettingRevision.objects.exists()


def test_staff_come_in_nowhere(client, lisi, at):
    lisi.is_staff = True
    lisi.save()
    client.force_login(lisi, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(reverse(LIST)).status_code == 403
    for name, more in (("change", ()), ("preview", ()), ("reset", ()), ("rollback", (1,))):
        assert client.post(at(name, KEY, *more), {}).status_code == 403, name
    for name in ("import", "export"):
        assert client.get(reverse(f"admin:config_runtimesetting_{name}")).status_code == 403


def test_the_processes_are_shown_with_what_they_have_not_taken_over(operator):
    store.change(key="retry", value={}, actor=None)
    line = in_use.Line("worker", "elsewhere", 7, 0.0, ["msg.high"], {}, 9e9)
    in_use.report(line)
    page = operator.get(reverse(LIST)).content.decode()
    assert "elsewhere" in page
    assert "未更新" in page
    in_use.withdraw(line.name)
