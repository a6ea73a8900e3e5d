"""`/api/template…`: written, versioned, tried out, switched off (contract.md §2)."""

import pytest

from messaging.actions.keywords import keyword_push
from messaging.actions.schedules import template_push
from messaging.actions.templates import MAX_OPTIONS_LENGTH
from messaging.models import Message, MessageTemplate, TemplateVersion
from messaging.sending.work import send_messages
from tests.at_once import all_at_once
from tests.messaging.answers import TEMPLATE as BODY
from tests.messaging.answers import refused, sent_body

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def scripted(channel):
    return channel


# --- Writing and reading --------------------------------------------------------------------------


def test_a_template_is_made_read_changed_and_listed(operator, create):
    made = create(body="{{name}} {{order.no}} {{date}}", subject="{{name}}")
    assert made["variables"] == ["name", "order.no", "date"]
    assert (made["version"], made["status"], made["push_mode"]) == (1, "active", "manual")
    url = f"/api/template/{made['id']}"
    assert operator.get(url).json() == made
    changed = operator.put(url, {**BODY, "body": "{{x}}"}).json()
    assert (changed["variables"], changed["version"]) == (["name", "x"], 2)
    listed = operator.get("/api/template/list?channel=SMS&status=active").json()
    assert [row["id"] for row in listed["list"]] == [made["id"]]
    assert operator.get("/api/template/list?channel=EMAIL").json()["total"] == 0
    refused(operator.get("/api/template/list?channel=PIGEON"), "channel")


@pytest.mark.parametrize(
    ("change", "attr"),
    [
        ({"code": "with space"}, "code"),
        ({"code": "x" * 65}, "code"),
        ({"name": ""}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"channel": "PIGEON"}, "channel"),
        ({"body": ""}, "body"),
        ({"body": "x" * 10_001}, "body"),
        ({"subject": "x" * 201}, "subject"),
        ({"body_format": "pdf"}, "body_format"),
        ({"push_mode": "never"}, "push_mode"),
        ({"push_mode": "realtime"}, "keywords"),
        ({"push_mode": "realtime", "keywords": [" "]}, "keywords.0"),
        ({"push_mode": "realtime", "keywords": "测试"}, "keywords"),
        ({"keywords": ["x" * 51]}, "keywords.0"),
        ({"keywords": ["x"] * 51}, "keywords"),
        ({"options": []}, "options"),
        ({"options": {"a": "x" * (MAX_OPTIONS_LENGTH + 1)}}, "options"),
        ({"dedupe_seconds": -1}, "dedupe_seconds"),
        ({"dedupe_seconds": 40 * 24 * 3600}, "dedupe_seconds"),
        ({"status": "asleep"}, "status"),
        ({"recipients": ["x" * 1001]}, "recipients.0"),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_written(operator, change, attr):
    refused(operator.post("/api/template", {**BODY, **change}), attr)
    assert not MessageTemplate.objects.exists()


def test_every_wrong_field_is_named_at_once(operator):
    response = operator.post("/api/template", {"code": "", "channel": "X"})
    assert {error["attr"] for error in response.json()["errors"]} == {
        "code", "name", "channel",
    }  # fmt: skip


def test_a_format_that_the_channel_cannot_send_is_named(operator):
    body = {**BODY, "channel": "WORK_WECHAT", "body_format": "html"}
    refused(operator.post("/api/template", body), "body_format")


def test_a_taken_code_is_a_conflict(operator, create):
    create()
    refusal = operator.post("/api/template", BODY)
    assert (refusal.status_code, refusal.json()["errors"][0]["code"]) == (409, "conflict")


@pytest.mark.django_db(transaction=True)
def test_ten_at_once_with_one_code_make_one_template(operator):
    statuses = []

    def post():
        statuses.append(operator.post("/api/template", BODY).status_code)

    assert all_at_once([post] * 10) == []
    assert sorted(statuses) == [201] + [409] * 9


@pytest.mark.parametrize(("depth", "status"), [(90, 201), (900, 400), (960, 400), (2000, 400)])
def test_options_nested_too_deep_are_a_400(operator, depth, status):
    options = '{"a":' * depth + "1" + "}" * depth
    body = f'{{"code": "deep", "name": "x", "channel": "SMS", "body": "x", "options": {options}}}'
    response = operator.post("/api/template", body, content_type="application/json")
    assert response.status_code == status


# --- Versions -------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_message_is_sent_as_its_version_said(operator, create, channel):
    made = create()
    first = operator.post(
        "/api/messages/send",
        {"template_code": "notice", "recipient": "a", "variables": {"name": "张三"}},
    ).json()
    changed = operator.put(f"/api/template/{made['id']}", {**BODY, "body": "再见，{{name}}"}).json()
    assert changed["version"] == 2
    later = sent_body(operator, channel, recipient="b", variables={"name": "李四"})
    assert later["body"] == "再见，李四", "a change holds at once where it was made"
    send_messages(list(Message.objects.filter(status="queued").values_list("pk", flat=True)))
    assert channel.received[-1].payload["body"] == "张三，您好"
    shown = operator.get(f"/api/messages/{first['message_id']}").json()
    assert shown["template_version"] == 1
    assert list(TemplateVersion.objects.values_list("version", "body")) == [
        (1, "{{name}}，您好"), (2, "再见，{{name}}"),
    ]  # fmt: skip


def test_what_is_not_content_makes_no_version(operator, create):
    made = create()
    changed = operator.put(f"/api/template/{made['id']}", {**BODY, "name": "新名字"}).json()
    assert (changed["version"], TemplateVersion.objects.count()) == (1, 1)


# --- Trying out -----------------------------------------------------------------------------------


def test_a_preview_fills_in_what_is_given_names_the_rest_and_sends_nothing(operator, create):
    made = create(subject="致{{name}}", body="{{name}} {{order.no}} {{amount}}")
    url = f"/api/template/{made['id']}/preview"
    body = operator.post(url, {"variables": {"name": "张三", "order": {"no": 7}}}).json()
    assert body == {"subject": "致张三", "body": "张三 7 {{amount}}", "missing": ["amount"]}
    refused(operator.post(url, {"variables": []}), "variables")
    assert not Message.objects.exists()


def test_a_test_send_goes_to_each_of_at_most_twenty(operator, create, channel):
    made = create()
    body = {
        "template_id": made["id"],
        "variables": {"name": "张三"},
        "test_recipients": [f"r{n}" for n in range(20)],
    }
    answer = operator.post("/api/template/test-send", body)
    assert answer.status_code == 202
    messages = answer.json()["messages"]
    assert [row["recipient"] for row in messages] == body["test_recipients"]
    assert {row["message_id"] for row in messages} == set(
        Message.objects.values_list("message_id", flat=True)
    )
    assert all(row["trace_id"].startswith("TRC") for row in messages)
    for wrong in (["r"] * 21, [], "r"):
        refused(
            operator.post("/api/template/test-send", {**body, "test_recipients": wrong}),
            "test_recipients",
        )
    refused(operator.post("/api/template/test-send", {**body, "variables": {}}), "variables.name")


def test_a_test_send_with_one_bad_address_sends_nothing(operator, create):
    body = {
        "template_id": create()["id"],
        "variables": {"name": "x"},
        "test_recipients": ["good", "bad"],
    }
    refused(operator.post("/api/template/test-send", body), "recipient")
    assert not Message.objects.exists()


# --- Switched off ---------------------------------------------------------------------------------


def test_an_unused_template_is_deleted_and_a_used_one_switched_off(operator, create):
    unused, used = create(code="unused"), create()
    assert operator.delete(f"/api/template/{unused['id']}").status_code == 204
    assert operator.get(f"/api/template/{unused['id']}").status_code == 404
    operator.post(
        "/api/messages/send",
        {"template_code": "notice", "recipient": "a", "variables": {"name": "x"}},
    )
    answer = operator.delete(f"/api/template/{used['id']}")
    assert (answer.status_code, answer.json()["status"]) == (200, "inactive")
    assert MessageTemplate.objects.get().status == "inactive"


def test_an_inactive_template_is_refused_everywhere(operator, create):
    made = create(
        body="x", push_mode="scheduled", schedule="* * * * *", recipients=["r"], keywords=["测试"]
    )
    operator.put(f"/api/template/{made['id']}", {**BODY, "body": "x", "status": "inactive"})
    one = {"template_code": "notice", "recipient": "r"}
    for path, body, attr in (
        ("/api/messages/send", one, "template_code"),
        ("/api/messages/send", {"template_id": made["id"], "recipient": "r"}, "template_id"),
        ("/api/messages/send-batch", {**one, "recipients": ["r"]}, "template_code"),
        (
            "/api/template/test-send",
            {"template_id": made["id"], "test_recipients": ["r"]},
            "template_id",
        ),
    ):
        assert refused(operator.post(path, body), attr)["code"] == "inactive"
    assert template_push(template_pk=made["id"]) is None
    MessageTemplate.objects.update(push_mode="realtime")
    assert keyword_push(text="测试", addresses={"SMS": "r"}) == []
    assert not Message.objects.exists()


def test_a_preview_of_an_inactive_template_is_still_possible(operator, create):
    made = create(status="inactive")
    url = f"/api/template/{made['id']}/preview"
    assert operator.post(url, {"variables": {"name": "x"}}).json()["body"] == "x，您好"
