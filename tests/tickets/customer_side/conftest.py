"""A customer at the page: their phone, their code, their pictures."""

import io
import struct
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from messaging.models import ChannelType, Message, MessageTemplate
from tests.factories import SmsAccountFactory, TicketFactory
from tickets.customer_side.links import Audience, token_of

PHONE = "13800138000"


def png(shade=0):
    """A picture of four pixels."""

    def part(kind, content):
        check = struct.pack(">I", zlib.crc32(kind + content) & 0xFFFFFFFF)
        return struct.pack(">I", len(content)) + kind + content + check

    head = struct.pack(">IIBBBBB", 2, 2, 8, 0, 0, 0, 0)
    rows = zlib.compress(bytes([0, shade, shade, 0, shade, shade]))
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", head) + part(b"IDAT", rows) + part(b"IEND", b"")


def picture(name="a.png", shade=0, content=None):
    return SimpleUploadedFile(name, png(shade) if content is None else content, "image/png")


@pytest.fixture
def sms(db):
    """Codes can be sent."""
    MessageTemplate.objects.create(
        code="phone_code",
        name="短信验证码",
        channel=ChannelType.SMS,
        body="您的验证码是 {{code}}",
        options={
            "template_code": "SMS_100000009",
            "template_params": {"code": "{{code}}"},
            "template_type": "code",
        },
    )
    return SmsAccountFactory()


def code_on(phone):
    return (
        Message.objects.filter(recipient=f"+86{phone}", template__code="phone_code")
        .latest("pk")
        .variables["code"]
    )


@pytest.fixture
def prove(client, sms):
    """Gets through the first step."""

    def through(phone=PHONE):
        assert client.post("/submit/", {"act": "code", "phone": phone}).status_code == 200
        answer = client.post("/submit/", {"act": "confirm", "phone": phone, "code": code_on(phone)})
        assert answer.status_code == 303
        return client

    return through


@pytest.fixture
def report(client):
    """Sends the second step's form."""

    def send(follow=False, **words):
        given = {"act": "report", "token": "t", "name": "张三", "description": "无法登录"} | words
        return client.post("/submit/", given, follow=follow)

    return send


@pytest.fixture
def ticket(db):
    return TicketFactory()


def path(ticket, audience=Audience.CUSTOMER, what=""):
    return f"/t/{token_of(ticket, audience)}{what}"


def text_of(response):
    buffer = io.BytesIO()
    for piece in response.streaming_content if response.streaming else [response.content]:
        buffer.write(piece)
    return buffer.getvalue()
