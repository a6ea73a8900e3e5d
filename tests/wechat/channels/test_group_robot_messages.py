"""Everything a group's robot can say, and what it is told when it may not (protocol §4.4)."""

import base64
import hashlib

import pytest

from messaging.models import ChannelCircuit

pytestmark = pytest.mark.django_db(transaction=True)

PICTURE = b"\x89PNG a picture"
NOTICE = {
    "card_type": "text_notice",
    "main_title": {"title": "工单 {{number}}"},
    "card_action": {"type": 1, "url": "https://example.com/{{number}}"},
}


def test_a_text_mentions_those_it_names(group_robot, send, outbox):
    message = send(
        "GROUP_BOT",
        "test_group_001",
        {"who": "lisi", "nobody": ""},
        options={
            "mentioned_list": ["{{who}}", "{{nobody}}", "@all"],
            "mentioned_mobile_list": ["13800138000"],
        },
    )
    assert message.status == "sent"
    assert outbox("GROUP_BOT") == [
        {
            "msgtype": "text",
            "text": {
                "content": "正文",
                "mentioned_list": ["lisi", "@all"],
                "mentioned_mobile_list": ["13800138000"],
            },
        }
    ]


def test_markdown_of_the_second_kind(group_robot, send, outbox):
    send(
        "GROUP_BOT",
        group_robot.code,
        body="| a | b |",
        body_format="markdown",
        options={"markdown_version": 2},
    )
    (received,) = outbox("GROUP_BOT")
    assert received == {"msgtype": "markdown_v2", "markdown_v2": {"content": "| a | b |"}}


def test_a_picture_travels_with_its_digest(group_robot, send, outbox):
    encoded = base64.b64encode(PICTURE).decode()
    send("GROUP_BOT", "test_group_001", options={"image": {"base64": encoded}})
    (received,) = outbox("GROUP_BOT")
    digest = hashlib.md5(PICTURE).hexdigest()  # noqa: S324 - the platform's choice
    assert received == {"msgtype": "image", "image": {"base64": encoded, "md5": digest}}


def test_a_file_is_uploaded_once_and_sent_twice(group_robot, send, outbox, api, admin, run_outbox):
    file = {"filename": "报告.txt", "base64": base64.b64encode(b"a report").decode()}
    assert send("GROUP_BOT", "test_group_001", options={"file": file}).status == "sent"
    api(admin).post("/api/messages/send", {"template_code": "t", "recipient": "test_group_001"})
    run_outbox()
    first, second = outbox("GROUP_BOT")
    assert first["msgtype"] == "file"
    assert first == second


def test_the_blanks_of_a_card_are_filled_in(group_robot, send, outbox):
    send(
        "GROUP_BOT",
        "test_group_001",
        {"number": "12"},
        body_format="card",
        options={"card": NOTICE},
    )
    (received,) = outbox("GROUP_BOT")
    assert received["template_card"]["main_title"]["title"] == "工单 12"
    assert received["template_card"]["card_action"]["url"] == "https://example.com/12"


def test_news(group_robot, send, outbox):
    articles = [{"title": "t", "url": "https://example.com"}]
    send("GROUP_BOT", "test_group_001", options={"articles": articles})
    assert outbox("GROUP_BOT") == [{"msgtype": "news", "news": {"articles": articles}}]


def test_a_card_is_made_of_subject_and_body(group_robot, send, outbox):
    send(
        "GROUP_BOT",
        "test_group_001",
        subject="新工单",
        body_format="card",
        options={"url": "https://example.com"},
    )
    (received,) = outbox("GROUP_BOT")
    assert received["template_card"] == {
        "card_type": "text_notice",
        "main_title": {"title": "新工单"},
        "sub_title_text": "正文",
        "card_action": {"type": 1, "url": "https://example.com"},
    }


@pytest.mark.parametrize(
    ("fields", "attr"),
    [
        ({"body_format": "html"}, "body_format"),
        ({"body": "字" * 683}, "body"),
        ({"options": {"colour": "red"}}, "options.colour"),
        ({"options": {"markdown_version": 3}}, "options.markdown_version"),
        ({"options": {"mentioned_list": "lisi"}}, "options.mentioned_list"),
        (
            {"body_format": "markdown", "options": {"mentioned_list": ["lisi"]}},
            "options.mentioned_list",
        ),
        ({"options": {"image": {"base64": "!"}}}, "options.image.base64"),
        ({"options": {"image": "x"}}, "options.image.base64"),
        ({"options": {"file": {"base64": "YWJjZGVm"}}}, "options.file.filename"),
        ({"options": {"articles": []}}, "options.articles"),
        ({"options": {"articles": [{"title": "t"}]}}, "options.articles.0.url"),
        ({"body_format": "card"}, "options.url"),
        ({"body_format": "card", "options": {"card": []}}, "options.card"),
        (
            {"body_format": "card", "options": {"card": {"card_type": "button_interaction"}}},
            "options.card.card_type",
        ),
        (
            {"body_format": "card", "options": {"card": {"card_type": "text_notice"}}},
            "options.card.main_title",
        ),
        (
            {
                "body_format": "card",
                "options": {"card": {"card_type": "text_notice", "sub_title_text": "x"}},
            },
            "options.card.card_action",
        ),
    ],
)
def test_what_the_platform_would_refuse_is_refused_when_it_is_written(api, admin, fields, attr):
    template = {"code": "t", "name": "t", "channel": "GROUP_BOT", "body": "x", **fields}
    response = api(admin).post("/api/template", template)
    assert response.status_code == 400
    assert response.json()["errors"][0]["attr"] == attr


def test_a_robot_that_was_removed_stops_the_whole_account(group_robot, send, order):
    order(channel="GROUP_BOT", mode="errcode", errcode=93000)
    message = send("GROUP_BOT", "test_group_001")
    assert (message.status, message.error_code) == ("failed", "93000")
    circuit = ChannelCircuit.objects.get(key=f"GROUP_BOT:{group_robot.pk}")
    assert (circuit.is_open, circuit.code) == (True, "93000")


@pytest.mark.parametrize(("errcode", "ok"), [(44004, True), (93000, False), (-1, False)])
def test_verifying_a_robot_says_nothing_in_its_group(
    group_robot, order, api, admin, outbox, errcode, ok
):
    if errcode != 44004:
        order(channel="GROUP_BOT", mode="errcode", errcode=errcode)
    answer = api(admin).post(f"/api/channels/{group_robot.pk}/verify").json()
    assert answer["ok"] is ok
    if not ok:
        assert answer["code"] == str(errcode)
    assert outbox("GROUP_BOT") == []
