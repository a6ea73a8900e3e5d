"""E-mail: what a template becomes, whom it reaches, what bounces tell."""

import base64
from email import message_from_bytes, policy

import pytest

from config.errors import InvalidInputError
from messaging.actions.channel_accounts import (
    InvalidAccountError,
    account_verify,
    checked_parts,
)
from messaging.channels import registry
from messaging.channels.accounts import forget
from messaging.channels.base import Content
from messaging.channels.email import mime
from messaging.channels.email.connections import CONNECTIONS_PER_ACCOUNT, connections_of
from messaging.channels.email.plain_text import plain_text
from messaging.models import ChannelAccount, Message, MessageStatus
from messaging.rendering import Source
from messaging.sending import pool
from messaging.sending.accept import NewMessage, message_accept, messages_accept
from messaging.sending.work import send_messages
from wechat.simulator.mail.server import MailServer
from wechat.simulator.models import Delivery

EVIL = "改密\r\nBcc: victim@example.com\r\n\r\n<b>x</b>"


@pytest.fixture
def channel():
    return registry.get("EMAIL")


def sent(account, payload, recipient="zhangsan@example.com"):
    message = message_accept(
        NewMessage(channel="EMAIL", account=account, recipient=recipient, payload=payload)
    )
    send_messages([message.pk])
    return Message.objects.get(pk=message.pk)


def rendered(body_format, subject, body, variables, options=None):
    return Source(body_format, subject, body, options or {}).render(variables)


def test_a_plain_mail_arrives_as_it_was_written(mailbox, channel):
    content = rendered("text", "您好，{{name}}", "第一行\n.第二行\n{{name}}", {"name": "张三"})
    message = sent(mailbox, channel.compose(content))
    assert message.status == MessageStatus.SENT
    assert message.provider_message_id == f"<{message.message_id}@example.com>"
    delivery = Delivery.objects.get()
    assert delivery.to == "zhangsan@example.com"
    assert delivery.payload["subject"] == "您好，张三"
    assert delivery.payload["text"].splitlines() == ["第一行", ".第二行", "张三"]
    assert delivery.payload["from"] == "客服中心 <desk@example.com>"
    assert delivery.payload["message_id"] == message.provider_message_id
    assert delivery.payload["html"] == ""
    assert "Auto-Submitted" in delivery.payload["headers"]
    assert "List-Unsubscribe" not in delivery.payload["headers"]


def test_an_html_mail_has_its_words_beside_it_and_variables_are_data(mailbox, channel):
    body = '<p>您好 {{name}}</p><p><a href="https://example.com/t/1">工单</a></p>'
    content = rendered("html", "工单", body, {"name": "<script>x</script>"})
    sent(mailbox, channel.compose(content))
    payload = Delivery.objects.get().payload
    assert "&lt;script&gt;" in payload["html"]
    assert payload["text"].split() == [
        "您好",
        "<script>x</script>",
        "工单",
        "(https://example.com/t/1)",
    ]


def test_attachments_travel_with_their_names(mailbox, channel):
    file = {
        "filename": "报价.pdf",
        "content_type": "application/pdf",
        "content_base64": base64.b64encode(b"%PDF").decode(),
    }
    content = rendered("text", "报价", "见附件", {}, {"attachments": [file]})
    sent(mailbox, channel.compose(content))
    assert Delivery.objects.get().payload["attachments"] == ["报价.pdf"]


def test_no_variable_and_no_template_can_begin_a_header(mailbox, channel):
    options = {
        "attachments": [
            {"filename": "{{v}}", "content_type": "text/plain", "content_base64": "eA=="}
        ]
    }
    mailbox.settings["from_name"] = EVIL
    content = rendered("text", "通知\r\nBcc: a@example.com {{v}}", "{{v}}", {"v": EVIL}, options)
    sent(mailbox, channel.compose(content))
    payload = Delivery.objects.get().payload
    assert "Bcc" not in payload["headers"]
    assert "victim" not in Delivery.objects.get().to
    assert payload["subject"].count("Bcc:") == 2
    assert "\n" not in payload["subject"]
    assert "Bcc: victim@example.com" in payload["text"]


@pytest.mark.parametrize("number", ["42", "4" * 800])
def test_an_unsubscribe_link_becomes_a_header_in_one_piece(mailbox, channel, number):
    options = {"unsubscribe_url": "https://example.com/u/{{id}}"}
    payload = channel.compose(rendered("text", "通知", "正文", {"id": number}, options))
    raw = mime.build(payload, account=mailbox, recipient="a@example.com", message_id="<1@x>")
    mail = message_from_bytes(raw, policy=policy.default)
    assert mail["List-Unsubscribe"] == f"<https://example.com/u/{number}>"
    assert f"List-Unsubscribe: <https://example.com/u/{number}>\r\n".encode() in raw


def test_a_long_subject_and_a_long_address_survive_the_wire(mailbox, channel):
    subject = ("工单 words，" * 60)[: mime.SUBJECT_LENGTH].strip()
    mailbox.settings["from_name"] = "客服 desk" * 8
    mailbox.save()
    forget()
    recipient = "l" * 64 + "@" + ".".join(["y" * 40] * 4) + ".com"
    message = sent(mailbox, channel.compose(Content("text", subject, "正文" * 5000)), recipient)
    assert message.status == MessageStatus.SENT
    delivery = Delivery.objects.get()
    assert delivery.payload["subject"] == subject
    assert delivery.payload["from"] == f"{'客服 desk' * 8} <desk@example.com>"
    assert delivery.payload["text"].strip() == "正文" * 5000
    assert message.provider_message_id == delivery.payload["message_id"]


def test_one_connection_carries_many_mails_and_their_number_is_bounded(mailbox):
    payload = {"subject": "标题", "text": "正文"}
    messages = messages_accept(
        [
            NewMessage(
                channel="EMAIL", account=mailbox, recipient=f"u{n}@example.com", payload=payload
            )
            for n in range(40)
        ]
    )
    send_messages([message.pk for message in messages])
    assert Message.objects.filter(status=MessageStatus.SENT).count() == 40
    assert Delivery.objects.count() == 40

    async def kept():
        return len(connections_of(mailbox)._idle)

    assert 0 < pool.run_call(kept()) <= CONNECTIONS_PER_ACCOUNT


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("Zhang.San@Example.COM", "Zhang.San@example.com"),
        (" zhangsan@例子.中国 ", "zhangsan@xn--fsqu00a.xn--fiqs8s"),
    ],
)
def test_an_address_is_brought_to_one_form(mailbox, channel, text, address):
    recipient = channel.recipient(text)
    assert recipient.address == address
    assert recipient.account == mailbox


@pytest.mark.parametrize(
    "text",
    [
        "",
        "zhangsan",
        "@example.com",
        "a@b",
        "a@localhost",
        "a b@example.com",
        "a@example.com, b@example.com",
        "a@example.com\r\nRCPT TO:<b@example.com>",
        '"a b"@example.com',
        "a@[127.0.0.1]",
        "<a@example.com>",
        "张三@example.com",
        "a@" + "x" * 250 + ".com",
        "a@" + ".".join(["x" * 60] * 5) + ".com",
        "a@exa\x00mple.com",
    ],
)
def test_what_is_no_address_is_refused(db, channel, text):
    with pytest.raises(InvalidInputError) as refused:
        channel.recipient(text)
    assert refused.value.code == "bad_recipient"


GOOD_FILE = {"filename": "a.txt", "content_type": "text/plain", "content_base64": "eA=="}


@pytest.mark.parametrize(
    ("content", "attr"),
    [
        (Content("text", "", "正文"), "subject"),
        (Content("markdown", "标题", "正文"), "body_format"),
        (Content("text", "标题", "正文", {"cc": "a@b.c"}), "options.cc"),
        (Content("text", "标题", "正文", {"attachments": "x"}), "options.attachments"),
        (Content("text", "标题", "正文", {"attachments": [{}]}), "options.attachments"),
        (Content("text", "标题", "正文", {"attachments": [GOOD_FILE] * 11}), "options.attachments"),
        *[
            (
                Content("text", "标题", "正文", {"attachments": [{**GOOD_FILE, **wrong}]}),
                "options.attachments",
            )
            for wrong in (
                {"filename": ""},
                {"content_type": "text"},
                {"content_type": "text/plain\r\nX: y"},
                {"content_type": "message/rfc822"},
                {"content_base64": "不是"},
                {"content_base64": base64.b64encode(b"x" * (1024 * 1024 + 1)).decode()},
            )
        ],
        *[
            (Content("text", "标题", "正文", {"unsubscribe_url": url}), "options.unsubscribe_url")
            for url in ("javascript:x", "https://", "https://a/>\r\nX: y", 5, "https://[")
        ],
    ],
)
def test_a_template_that_could_never_be_sent_names_its_fault(channel, content, attr):
    with pytest.raises(InvalidInputError) as refused:
        channel.check_template(content)
    assert refused.value.attr == attr


def test_blanks_in_options_are_filled_in_later(channel):
    channel.check_template(
        Content("html", "{{title}}", "{{body}}", {"unsubscribe_url": "{{base}}/u"})
    )


def test_plain_text_of_html():
    html = (
        "<head><title>x</title><style>p{}</style></head><h1>标题</h1>\n<ul><li>一</li><li>二</li>"
        "</ul><p>a&nbsp;&amp;\n b</p><script>alert(1)</script><td>c</td><td>d</td><a href='#'>e</a>"
    )
    assert plain_text(html) == "标题\n\n- 一\n\n- 二\n\na & b\nc de"


SETTINGS = {
    "host": "SMTP.example.com",
    "port": 465,
    "security": "ssl",
    "username": "desk",
    "from_address": "desk@example.com",
}


def test_an_account_is_checked_and_its_secrets_kept_apart(settings):
    settings.OUTBOUND_ALLOWED_HOSTS = ["smtp.example.com"]
    kept, secrets = checked_parts("EMAIL", SETTINGS, {"password": "p" * 16}, {})
    assert kept["host"] == "smtp.example.com"
    assert kept["port"] == 465
    assert "password" not in kept
    assert secrets == {"password": "p" * 16}


@pytest.mark.parametrize(
    ("changes", "secrets", "field"),
    [
        ({"host": "internal.example.com"}, {"password": "x"}, "settings.host"),
        ({"host": "smtp.example.com\r\nx"}, {"password": "x"}, "settings.host"),
        ({"host": "a b"}, {"password": "x"}, "settings.host"),
        ({"security": "none"}, {"password": "x"}, "settings.security"),
        ({"port": 0}, {"password": "x"}, "settings.port"),
        ({"from_address": "desk"}, {"password": "x"}, "settings.from_address"),
        (
            {"from_address": "a@" + "x" * 60 + "." + "y" * 60 + ".com"},
            {"password": "x"},
            "settings.from_address",
        ),
        ({}, {}, "secrets.password"),
        ({}, {"password": "x", "receipt_token": "short"}, "secrets.receipt_token"),
        ({"bcc": "x"}, {"password": "x"}, "settings.bcc"),
    ],
)
def test_a_wrong_account_names_its_field(settings, changes, secrets, field):
    settings.OUTBOUND_ALLOWED_HOSTS = ["smtp.example.com"]
    with pytest.raises(InvalidAccountError) as refused:
        checked_parts("EMAIL", {**SETTINGS, **changes}, secrets, {})
    assert field in refused.value.errors


def test_an_account_is_verified_by_logging_in(mailbox):
    assert account_verify(mailbox).ok
    mailbox.secrets = {"password": "wrong"}
    found = account_verify(mailbox)
    assert (found.ok, found.code) == (False, "smtp_535")
    assert not Delivery.objects.exists()


def test_the_port_being_taken_stops_nobody(mail_server, caplog):
    caplog.set_level("WARNING", logger="wechat.simulator.mail.server")
    MailServer(mail_server.port).run()
    assert "已被占用" in caplog.text


def bounce(message_id, *, action="failed", status="5.1.1", returned="text/rfc822-headers"):
    return (
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n'
        "From: MAILER-DAEMON@mx.example.com\r\n\r\n"
        "--b\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; mx.example.com\r\n\r\n"
        f"Final-Recipient: rfc822; zhangsan@example.com\r\nAction: {action}\r\n"
        f"Status: {status}\r\nDiagnostic-Code: smtp; 550 {status} No such user\r\n\r\n"
        f"--b\r\nContent-Type: {returned}\r\n\r\n"
        f"Subject: x\r\nMessage-ID: {message_id}\r\n\r\n--b--\r\n"
    ).encode()


def post_bounce(client, body, token="receipt-token-of-the-tests", content_type="message/rfc822"):
    return client.post(
        "/api/messages/receipts/email",
        body,
        content_type=content_type,
        query_params={"token": token} if token is not None else {},
    )


@pytest.mark.parametrize("returned", ["text/rfc822-headers", "message/rfc822"])
@pytest.mark.parametrize(
    ("action", "status", "state", "code"),
    [
        ("failed", "5.1.1", "failed", "dsn_5.1.1"),
        ("Failed", "4.4.7", "failed", "dsn_4.4.7"),
        ("delivered", "2.0.0", "delivered", ""),
        ("delayed", "4.4.1", "sent", ""),
    ],
)
def test_a_bounce_moves_its_message(mailbox, client, returned, action, status, state, code):
    message = sent(mailbox, {"subject": "标题", "text": "正文"})
    body = bounce(message.provider_message_id, action=action, status=status, returned=returned)
    assert post_bounce(client, body).status_code == 200
    message.refresh_from_db()
    assert (message.status, message.error_code) == (state, code)


def test_a_webhook_may_send_the_report_s_type_as_a_header(mailbox, client):
    message = sent(mailbox, {"subject": "标题", "text": "正文"})
    whole = bounce(message.provider_message_id)
    body = whole.partition(b"\r\n\r\n")[2]
    kind = 'multipart/report; report-type=delivery-status; boundary="b"'
    assert post_bounce(client, body, content_type=kind).status_code == 200
    message.refresh_from_db()
    assert message.status == MessageStatus.FAILED


@pytest.mark.parametrize("token", [None, "", "wrong", "令牌"])
def test_a_bounce_without_the_token_changes_nothing(mailbox, client, token):
    message = sent(mailbox, {"subject": "标题", "text": "正文"})
    body = bounce(message.provider_message_id)
    assert post_bounce(client, body, token=token).status_code == 403
    message.refresh_from_db()
    assert message.status == MessageStatus.SENT


def test_an_account_without_a_token_takes_no_bounces(mailbox, client):
    ChannelAccount.objects.update(secrets={"password": "x"})
    assert post_bounce(client, bounce("<a@b>"), token="").status_code == 403


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe\x00",
        b"Subject: hello\r\n\r\nhello",
        b"Content-Type: multipart/report; boundary=b\r\n\r\n--b\r\n",
        b"Content-Type: message/delivery-status\r\n\r\nAction: failed",
        b"Content-Type: message/rfc822\r\n\r\n",
        b"Content-Type: text/rfc822-headers; charset=nonsense\r\n\r\n\xff",
    ],
)
def test_a_garbled_bounce_is_refused(mailbox, client, body):
    assert post_bounce(client, body).status_code == 400
