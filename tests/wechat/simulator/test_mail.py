"""The mail server as any mail program sees it."""

import smtplib
from email.message import EmailMessage

import pytest
from django.test import Client

from wechat.simulator.mail.handler import PASSWORD, USERNAME


@pytest.fixture
def program(mail_server):
    with smtplib.SMTP("127.0.0.1", mail_server.port, timeout=15) as connection:
        yield connection


@pytest.fixture
def logged_in(program):
    program.login(USERNAME, PASSWORD)
    return program


def mail(to="zhangsan@example.com"):
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = "标题", "desk@example.com", to
    message["Message-ID"] = "<1@example.com>"
    message.set_content("正文")
    message.add_alternative("<p>正文</p>", subtype="html")
    message.add_attachment(b"x", maintype="text", subtype="csv", filename="表.csv")
    return message


def outbox():
    return Client().get("/sandbox/api/outbox", {"channel": "EMAIL"}).json()["list"]


def order(**fault):
    order = {"channel": "EMAIL", **fault}
    assert Client().post("/sandbox/api/faults", order, "application/json").status_code == 200


def test_what_was_sent_stands_in_the_outbox(logged_in):
    logged_in.send_message(mail(), to_addrs=["zhangsan@example.com", "lisi@example.com"])
    rows = outbox()
    assert [row["to"] for row in rows] == ["zhangsan@example.com", "lisi@example.com"]
    payload = rows[0]["payload"]
    assert payload.pop("headers")
    assert payload == {
        "subject": "标题",
        "from": "desk@example.com",
        "message_id": "<1@example.com>",
        "text": "正文\n",
        "html": "<p>正文</p>\n",
        "attachments": ["表.csv"],
    }


@pytest.mark.parametrize("method", ["plain", "login"])
def test_both_ways_of_logging_in_work(program, method):
    program.ehlo()
    program.user, program.password = USERNAME, PASSWORD
    assert program.auth(method, getattr(program, f"auth_{method}"))[0] == 235


def test_a_wrong_password_is_refused(program):
    with pytest.raises(smtplib.SMTPAuthenticationError) as refused:
        program.login(USERNAME, "wrong")
    assert refused.value.smtp_code == 535


def test_nobody_sends_without_logging_in(program):
    with pytest.raises(smtplib.SMTPSenderRefused) as refused:
        program.send_message(mail())
    assert refused.value.smtp_code == 530
    assert outbox() == []


@pytest.mark.parametrize(("name", "code"), [("nobody", 550), ("full", 552)])
def test_some_mailboxes_take_nothing(logged_in, name, code):
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        logged_in.send_message(mail(f"{name}@example.com"))
    assert refused.value.recipients[f"{name}@example.com"][0] == code
    assert outbox() == []


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ({"mode": "http_500"}, 451),
        ({"mode": "errcode", "errcode": 554}, 554),
        ({"mode": "errcode", "errcode": -1}, 554),
    ],
)
def test_an_ordered_fault_answers_the_text(logged_in, fault, code):
    order(**fault, count=1)
    with pytest.raises(smtplib.SMTPDataError) as refused:
        logged_in.send_message(mail())
    assert refused.value.smtp_code == code
    assert outbox() == []
    logged_in.send_message(mail())
    assert len(outbox()) == 1


def test_a_rate_limit_has_its_enhanced_status(logged_in):
    order(mode="rate_limited")
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        logged_in.send_message(mail())
    code, words = refused.value.recipients["zhangsan@example.com"]
    assert code == 450
    assert words.startswith(b"4.7.1")


@pytest.mark.parametrize("delivered", [True, False])
def test_a_time_out_ends_without_a_word(logged_in, delivered):
    order(mode="timeout", seconds=0, delivered=delivered)
    with pytest.raises((smtplib.SMTPServerDisconnected, ConnectionError)):
        logged_in.send_message(mail())
    assert len(outbox()) == int(delivered)
