"""What variables can do in a message, and what nobody can do through them (contract.md §2)."""

import re

import pytest

from config.errors import InvalidInputError
from messaging import templates_in_use, variables
from messaging.models import Message, MessageTemplate
from messaging.sending.work import send_messages
from tests.messaging.answers import refused, sent_body

pytestmark = pytest.mark.django_db


# --- Harmless -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        "{{ ''.__class__ }}",
        "{{ name|upper }}",
        "{% load os %}",
        "{% if 1 %}x{% endif %}",
        "{{ 7*7 }}",
        "{{ settings['SECRET_KEY'] }}",
        "${7*7} #{7*7} <%= 7*7 %>",
    ],
)
def test_there_is_no_code_in_a_template(operator, create, channel, body):
    assert create(body=body)["variables"] == []
    assert sent_body(operator, channel, recipient="r")["body"] == body


def test_attributes_are_names_of_what_was_given_and_nothing_else(operator, create):
    made = create(body="{{name.__class__}} {{settings.SECRET_KEY}}")
    answer = operator.post(f"/api/template/{made['id']}/preview", {"variables": {"name": "x"}})
    assert answer.json()["missing"] == ["name.__class__", "settings.SECRET_KEY"]


def test_what_a_variable_holds_is_never_read_as_a_template(operator, create, channel):
    create(body="{{a}}{{b}}", options={"card": {"title": "{{a}}"}})
    payload = sent_body(operator, channel, recipient="r", variables={"a": "{{b}}", "b": "{{date}}"})
    assert (payload["body"], payload["card"]) == ("{{b}}{{date}}", {"title": "{{b}}"})


def test_html_in_a_variable_is_text(operator, create, channel):
    create(body="<p>{{name}}</p>", body_format="html")
    payload = sent_body(
        operator, channel, recipient="r", variables={"name": "<script>alert('x')</script>&"}
    )
    assert payload["body"] == "<p>&lt;script&gt;alert(&#x27;x&#x27;)&lt;/script&gt;&amp;</p>"


def test_a_variable_can_mention_nobody_in_markdown(operator, create, channel):
    create(body="> {{name}}", body_format="markdown")
    text = sent_body(
        operator, channel, recipient="r", variables={"name": "<@all> [x](http://evil)\n# 大"}
    )["body"]
    assert not re.search(r"<@|\]\(|\n", text)


def test_a_line_break_cannot_leave_the_subject(operator, create, channel):
    create(subject="致 {{name}}")
    payload = sent_body(
        operator, channel, recipient="r", variables={"name": "张三\r\nBcc: evil@example.com"}
    )
    assert payload["subject"] == "致 张三 Bcc: evil@example.com"
    assert "\n" in payload["body"], "a plain body may have lines"


# --- Variables ------------------------------------------------------------------------------------


def test_dotted_names_look_into_what_was_given(operator, create, channel):
    create(body="{{order.items.count}} {{a.b}}")
    payload = sent_body(
        operator, channel, recipient="r",
        variables={"order": {"items": {"count": 0}}, "a.b": "flat"},
    )  # fmt: skip
    assert payload["body"] == "0 flat"


@pytest.mark.parametrize(
    "given", [{}, {"a": None, "b": {"c": []}}, {"a": {"x": 1}, "b": "text"}, {"a": ["x"]}]
)
def test_every_missing_variable_is_told(operator, create, given):
    create(body="{{a}} {{b.c}} {{date}}")
    error = refused(
        operator.post(
            "/api/messages/send",
            {"template_code": "notice", "recipient": "r", "variables": given},
        ),
        "variables.a",
    )
    assert error["code"] == "missing_variable"
    assert "a、b.c" in error["detail"]


def test_system_variables_come_with_arrows_and_can_be_overridden(operator, create, channel):
    create(body="{{pending_tickets}} | {{resolved_tickets}} | {{processing_tickets}} | {{date}}")
    body = sent_body(operator, channel, recipient="r")["body"]
    assert re.fullmatch(r"0 → \| 0 → \| 0 → \| \d{4}-\d\d-\d\d", body)
    body = sent_body(operator, channel, recipient="r", variables={"date": "昨天"})["body"]
    assert body.endswith("昨天")


@pytest.mark.parametrize(
    ("today", "before", "shown"), [(3, 2, "3 ↑"), (2, 3, "2 ↓"), (1, 1, "1 →")]
)
def test_an_arrow_compares_with_the_day_before(today, before, shown):
    assert variables.with_arrow(today, before) == shown


def test_a_very_long_value_is_cut_and_a_body_too_long_for_its_channel_fails_alone(
    operator, create, channel
):
    create(body="{{name}}")
    body = sent_body(operator, channel, recipient="r", variables={"name": "长" * 30_000})["body"]
    assert len(body) == 20_000

    def too_long(content):
        raise InvalidInputError("正文过长", code="too_long", attr="body")

    channel.compose = too_long
    operator.post(
        "/api/messages/send",
        {"template_code": "notice", "recipient": "r", "variables": {"name": "x"}},
    )
    message = Message.objects.latest("pk")
    send_messages([message.pk])
    message.refresh_from_db()
    assert (message.status, message.error_code) == ("failed", "too_long")


def test_a_change_elsewhere_is_seen_within_two_seconds(operator, create):
    made = create()
    body = {"template_id": made["id"], "recipient": "r", "variables": {"name": "x"}}
    assert operator.post("/api/messages/send", body).status_code == 202
    MessageTemplate.objects.update(status="inactive")
    known = templates_in_use._by_key
    for key, (at, template) in list(known.items()):
        known[key] = (at - templates_in_use.KEPT_SECONDS, template)
    assert operator.post("/api/messages/send", body).status_code == 400
