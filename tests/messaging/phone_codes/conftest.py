"""A house in which codes can be sent, and the phone that gets them."""

import pytest

from messaging.models import ChannelType, Message, MessageTemplate
from messaging.phone_codes.actions import code_request
from tests.factories import SmsAccountFactory

PHONE = "+8613800138000"
ADDRESS = "203.0.113.7"


@pytest.fixture
def sms_template(db):
    MessageTemplate.objects.filter(code="phone_code").delete()
    return MessageTemplate.objects.create(
        code="phone_code",
        name="短信验证码",
        channel=ChannelType.SMS,
        body="您的验证码是 {{code}}，{{minutes}} 分钟内有效。",
        options={
            "template_code": "SMS_100000009",
            "template_params": {"code": "{{code}}"},
            "template_type": "code",
        },
    )


@pytest.fixture
def sms(sms_template):
    """SMS is set up."""
    return SmsAccountFactory()


@pytest.fixture
def ask(sms):
    """Asks for a code and reads it off the phone."""

    def asked(phone=PHONE, purpose="submit", address=ADDRESS):
        code_request(phone=phone, purpose=purpose, address=address)
        return Message.objects.order_by("-pk").first().variables["code"]

    return asked
