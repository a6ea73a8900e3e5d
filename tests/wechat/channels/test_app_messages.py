"""The app's messages: cards with buttons, changes, recall, partial failure (protocol §4.2)."""

import pytest

from messaging.channels import registry
from messaging.sending import pool
from wechat.simulator.models import ChatMessage

pytestmark = pytest.mark.django_db(transaction=True)

BUTTONS = {
    "card_type": "button_interaction",
    "main_title": {"title": "{{title}}"},
    "button_list": [{"text": "接单", "key": "take"}],
}


@pytest.fixture
def card(platform, send):
    return send(
        "WORK_WECHAT", "lisi", {"title": "新工单"}, body_format="card", options={"card": BUTTONS}
    )


def shown():
    return ChatMessage.objects.get(chat_id="app:lisi")


def test_a_card_with_buttons_gets_a_task_id_of_its_own(card, outbox):
    (received,) = outbox("WORK_WECHAT")
    assert received["template_card"]["task_id"] == card.message_id
    assert received["template_card"]["main_title"] == {"title": "新工单"}
    assert (card.status, bool(card.provider_message_id)) == ("sent", True)


def test_a_card_is_changed_once(card, api, admin):
    client = api(admin)
    path = f"/api/messages/{card.message_id}/card"
    assert client.put(path, {"replace_name": "李四已接单"}).status_code == 204
    assert shown().content["template_card"]["replace_text"] == "李四已接单"
    again = client.put(path, {"replace_name": "王五已接单"})
    assert again.status_code == 409
    assert shown().content["template_card"]["replace_text"] == "李四已接单"


def test_a_card_becomes_another(card, api, admin):
    other = {
        "card_type": "text_notice",
        "main_title": {"title": "已接单"},
        "card_action": {"type": 1, "url": "https://example.com"},
    }
    path = f"/api/messages/{card.message_id}/card"
    wrong = api(admin).put(path, {"card": {"card_type": "x"}})
    assert wrong.json()["errors"][0]["attr"] == "options.card.card_type"
    assert api(admin).put(path, {"card": other}).status_code == 204
    assert shown().content["template_card"]["main_title"] == {"title": "已接单"}


@pytest.mark.parametrize("body", [{}, {"replace_name": ""}, {"card": []}])
def test_a_change_that_says_nothing_is_refused(card, api, admin, body):
    response = api(admin).put(f"/api/messages/{card.message_id}/card", body)
    assert response.status_code == 400


def test_a_message_is_taken_back_once(platform, send, api, admin):
    message = send("WORK_WECHAT", "lisi")
    path = f"/api/messages/{message.message_id}/recall"
    answer = api(admin).post(path)
    assert (answer.status_code, answer.json()["error_code"]) == (200, "recalled")
    assert shown().kind == "recalled"
    assert api(admin).post(path).status_code == 409


def test_what_a_channel_cannot_take_back_it_says(group_robot, send, api, admin):
    message = send("GROUP_BOT", "test_group_001")
    response = api(admin).post(f"/api/messages/{message.message_id}/recall")
    assert response.status_code == 409


def test_news_and_media(platform, send, outbox, order):
    send(
        "WORK_WECHAT",
        "lisi",
        options={"articles": [{"title": "t", "url": "https://example.com"}]},
    )
    (received,) = outbox("WORK_WECHAT")
    assert received["msgtype"] == "news"


def test_an_old_media_id_fails_for_good(platform, send):
    message = send(
        "WORK_WECHAT",
        "lisi",
        {"media": "gone"},
        options={"media": {"type": "file", "media_id": "{{media}}"}},
    )
    assert (message.status, message.error_code) == ("failed", "40007")


@pytest.mark.parametrize(
    ("fields", "attr"),
    [
        ({"options": {"mentioned_list": ["x"]}}, "options.mentioned_list"),
        ({"options": {"media": {"type": "film"}}}, "options.media.type"),
        ({"options": {"media": {"type": "file"}}}, "options.media.media_id"),
        ({"body": "x" * 2049}, "body"),
        (
            {"body_format": "card", "options": {"card": {**BUTTONS, "button_list": []}}},
            "options.card.button_list",
        ),
        (
            {
                "body_format": "card",
                "options": {"card": {**BUTTONS, "button_list": [{}] * 7}},
            },
            "options.card.button_list",
        ),
    ],
)
def test_what_the_platform_would_refuse_is_refused_when_it_is_written(api, admin, fields, attr):
    template = {"code": "t", "name": "t", "channel": "WORK_WECHAT", "body": "x", **fields}
    response = api(admin).post("/api/template", template)
    assert response.status_code == 400
    assert response.json()["errors"][0]["attr"] == attr


def verification():
    channel = registry.get("WORK_WECHAT")

    async def ask():
        return await channel.verify(None, pool.session())

    return pool.run_call(ask())


def test_verifying_the_app_names_it(platform):
    found = verification()
    assert (found.ok, found.detail) == (True, "应用可用：客服应用")


def test_verifying_without_settings_says_which(platform, settings):
    settings.WECOM_CORP_SECRET = ""
    found = verification()
    assert (found.ok, found.code) == (False, "not_configured")
    assert "WECOM_" in found.detail
