"""`/api/messages…` over HTTP, to the simulator over HTTP (contract.md §2)."""

import pytest

from messaging.models import ChannelType, Message, MessageTemplate
from tests.factories import RobotFactory

TEMPLATE = {"channel": ChannelType.WORK_WECHAT, "body": "{{name}}，您好：{{content}}"}


@pytest.fixture
def template(db):
    return MessageTemplate.objects.create(code="notice", name="通知", **TEMPLATE)


@pytest.mark.django_db(transaction=True)
def test_five_hundred_recipients_end_in_five_hundred_final_states(
    platform, template, api, admin, run_outbox
):
    recipients = [{"recipient": f"user{n}", "variables": {"name": f"同事{n}"}} for n in range(500)]
    client = api(admin)
    accepted = client.post(
        "/api/messages/send-batch",
        {"template_code": "notice", "recipients": recipients, "variables": {"content": "开会"}},
    )
    assert accepted.status_code == 202
    body = accepted.json()
    assert (body["total"], body["accepted"], body["rejected"]) == (500, 500, [])
    run_outbox()
    batch = client.get(body["status_url"]).json()
    assert (batch["status"], batch["sent"], batch["percent"]) == ("finished", 500, 100.0)
    received = client.get("/sandbox/api/outbox?channel=WORK_WECHAT&limit=1000").json()["list"]
    assert sorted(row["to"] for row in received) == sorted(f"user{n}" for n in range(500))
    by_user = {row["to"]: row["payload"]["text"]["content"] for row in received}
    assert by_user["user7"] == "同事7，您好：开会"


@pytest.mark.django_db(transaction=True)
def test_a_message_is_accepted_then_sent_and_can_be_looked_at(
    platform, template, api, admin, run_outbox
):
    client = api(admin)
    response = client.post(
        "/api/messages/send",
        {
            "template_id": template.pk,
            "recipient": "lisi",
            "variables": {"name": "李四", "content": "x"},
            "priority": 8,
        },
    )
    assert response.status_code == 202
    accepted = response.json()
    assert accepted["status"] == "queued"
    assert accepted["message_id"].startswith("MSG")
    run_outbox()
    message = client.get(f"/api/messages/{accepted['message_id']}").json()
    assert (message["status"], message["attempts"], message["template"]) == ("sent", 1, "notice")
    assert message["provider_message_id"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "attr"),
    [
        ({"template_id": 999_999}, "template_id"),
        ({"template_id": None}, "template_id"),
        ({"recipient": "a|b"}, "recipient"),
        ({"recipient": "@all"}, "recipient"),
        ({"recipient": ""}, "recipient"),
        ({"variables": {}}, "variables.name"),
        ({"variables": "x"}, "variables"),
        ({"priority": 11}, "priority"),
        ({"delay_seconds": -1}, "delay_seconds"),
        ({"delay_seconds": 5, "send_at": "2030-01-01T00:00:00Z"}, "delay_seconds"),
        ({"expires_at": "2020-01-01T00:00:00Z"}, "expires_at"),
    ],
)
def test_bad_input_is_named_and_nothing_is_accepted(template, api, admin, change, attr):
    body = {
        "template_id": template.pk,
        "recipient": "lisi",
        "variables": {"name": "x", "content": "y"},
    }
    response = api(admin).post("/api/messages/send", {**body, **change})
    assert response.status_code == 400
    assert response.json()["errors"][0]["attr"] == attr
    assert not Message.objects.exists()


@pytest.mark.django_db
def test_bad_recipients_never_sink_the_batch(template, api, admin):
    response = api(admin).post(
        "/api/messages/send-batch",
        {
            "template_code": "notice",
            "variables": {"name": "x", "content": "y"},
            "recipients": [
                "lisi",
                "a|b",
                {"recipient": "wangwu", "variables": {"name": "王五"}},
                "",
            ],
        },
    )
    body = response.json()
    assert (response.status_code, body["total"], body["accepted"]) == (202, 4, 2)
    assert [(r["index"], r["recipient"]) for r in body["rejected"]] == [(1, "a|b"), (3, "")]
    assert Message.objects.count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize("recipients", [[], ["a|b"], ["x"] * 10_001, [5], "lisi"])
def test_a_batch_with_nobody_or_too_many_is_400(template, api, admin, recipients):
    response = api(admin).post(
        "/api/messages/send-batch",
        {
            "template_code": "notice",
            "variables": {"name": "x", "content": "y"},
            "recipients": recipients,
        },
    )
    assert response.status_code == 400
    assert response.json()["errors"][0]["attr"].startswith("recipients")
    assert not Message.objects.exists()


@pytest.mark.django_db
def test_a_dedupe_key_is_one_message(template, api, admin):
    body = {
        "template_code": "notice",
        "recipient": "lisi",
        "variables": {"name": "x", "content": "y"},
    }
    answers = [
        api(admin).post("/api/messages/send", {**body, "dedupe_key": "order-1"}).json()
        for _ in range(3)
    ]
    assert len({answer["message_id"] for answer in answers}) == 1
    assert Message.objects.count() == 1


@pytest.mark.django_db
def test_an_inactive_template_sends_nothing(template, api, admin):
    MessageTemplate.objects.update(status="inactive")
    response = api(admin).post(
        "/api/messages/send", {"template_code": "notice", "recipient": "lisi"}
    )
    assert response.status_code == 400
    assert response.json()["errors"][0]["code"] == "inactive"


@pytest.mark.django_db
def test_staff_cannot_send_in_the_companys_name(template, api, lisi):
    assert api(lisi).post("/api/messages/send", {}).status_code == 403


# --- The real channels against the platform's stand-in ----------------------------------------------


def fault(client, **fields):
    response = client.post("/sandbox/api/faults", fields, content_type="application/json")
    assert response.status_code == 200, response.content


def send_one(api, admin, recipient="lisi"):
    body = {
        "template_code": "notice",
        "recipient": recipient,
        "variables": {"name": "x", "content": "y"},
    }
    message_id = api(admin).post("/api/messages/send", body).json()["message_id"]
    return Message.objects.get(message_id=message_id)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("order", "status", "code"),
    [
        ({"mode": "http_500"}, "queued", "http_500"),
        ({"mode": "rate_limited"}, "queued", "45009"),
        ({"mode": "errcode", "errcode": -1}, "queued", "-1"),
        ({"mode": "errcode", "errcode": 60020}, "failed", "60020"),
        ({"mode": "errcode", "errcode": 48002}, "failed", "48002"),
        ({"mode": "errcode", "errcode": 99999}, "failed", "99999"),
    ],
)
def test_the_platforms_errors_are_sorted(
    platform, template, api, admin, client, run_outbox, order, status, code
):
    fault(client, channel="WORK_WECHAT", **order)
    message = send_one(api, admin)
    run_outbox()
    message.refresh_from_db()
    assert (message.status, message.error_code) == (status, code)


@pytest.mark.django_db(transaction=True)
def test_a_refused_token_is_fetched_anew_once(platform, template, api, admin, run_outbox):
    from django.core.cache import cache

    from wechat.client.wecom import configured_app

    cache.set(configured_app().cache_key, "a-token-that-was-revoked", 600)
    message = send_one(api, admin)
    run_outbox()
    message.refresh_from_db()
    assert message.status == "sent"


@pytest.mark.django_db(transaction=True)
def test_a_wrong_secret_fails_with_a_sentence_to_act_on(
    platform, template, api, admin, run_outbox, settings
):
    message = send_one(api, admin)
    settings.WECOM_CORP_ID = "ww-another-corp"
    # The simulator reads the same setting, so the secret alone can differ by the agent's number.
    settings.WECOM_AGENT_ID = 0
    run_outbox()
    message.refresh_from_db()
    assert (message.status, message.error_code) == ("failed", "not_configured")


@pytest.mark.django_db(transaction=True)
def test_an_unknown_member_is_a_permanent_failure(platform, template, api, admin, run_outbox):
    message = send_one(api, admin, "unknown-member")
    run_outbox()
    message.refresh_from_db()
    assert (message.status, message.error_code) == ("failed", "81013")


@pytest.mark.django_db(transaction=True)
def test_the_group_robot_gets_twenty_a_minute_and_the_rest_wait(
    platform, settings, api, admin, client, run_outbox
):
    RobotFactory(secrets={"webhook_url": settings.GROUP_WEBHOOK_URL})
    MessageTemplate.objects.create(code="g", name="g", channel=ChannelType.GROUP_BOT, body="{{n}}")
    recipients = [{"recipient": "test_group_001", "variables": {"n": n}} for n in range(25)]
    api(admin).post("/api/messages/send-batch", {"template_code": "g", "recipients": recipients})
    run_outbox()
    assert Message.objects.filter(status="sent").count() == 20
    waiting = Message.objects.filter(status="queued")
    assert waiting.count() == 5
    assert {message.attempts for message in waiting} == {0}
    received = client.get("/sandbox/api/outbox?channel=GROUP_BOT").json()["list"]
    assert len(received) == 20


@pytest.mark.django_db(transaction=True)
def test_a_webhook_to_an_inner_address_is_never_called(api, admin, run_outbox, settings):
    for secret in (
        "http://169.254.169.254/latest",
        "https://evil.example/cgi-bin/webhook/send?key=1",
        "https://qyapi.weixin.qq.com@evil.example/",
        "https://qyapi.weixin.qq.com:8443/x",
        "file:///etc/passwd",
    ):
        robot = RobotFactory(
            secrets={"webhook_url": secret}, is_default=False, settings={"group_id": secret[:40]}
        )
        MessageTemplate.objects.get_or_create(
            code="g", defaults={"name": "g", "channel": ChannelType.GROUP_BOT, "body": "x"}
        )
        api(admin).post("/api/messages/send", {"template_code": "g", "recipient": robot.code})
    run_outbox()
    assert set(Message.objects.values_list("status", "error_code")) == {
        ("failed", "host_not_allowed")
    }
