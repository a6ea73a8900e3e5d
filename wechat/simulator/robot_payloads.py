"""What the smart robot tells the company, in plain text (wechat-protocol.md §3.1)."""

import json
import secrets
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from wechat.simulator import bodies
from wechat.simulator.models import ChatMessage, ResponseCode

RESPONSE_CODE_HOURS = 1
ROBOT_ID = "AIBOT-SANDBOX"


def group_text(message: ChatMessage) -> str:
    """The JSON of a message in a group that mentions the robot, with its quote if any."""
    code = secrets.token_urlsafe(16)
    ResponseCode.objects.create(
        code=code,
        message=message,
        expires_at=timezone.now() + timedelta(hours=RESPONSE_CODE_HOURS),
    )
    payload = {
        **_robot_envelope(message),
        "response_url": f"{settings.WECOM_API_BASE}/cgi-bin/aibot/response?response_code={code}",
        "msgtype": "text",
        "text": message.content["text"],
    }
    if message.quote is not None:
        quoted = bodies.text_of(message.quote.content)
        payload["quote"] = {"msgtype": "text", "text": {"content": quoted}}
    return json.dumps(payload, ensure_ascii=False)


def stream_refresh(message: ChatMessage, stream_id: str) -> str:
    """The JSON that asks for more of a passive answer; each has a `msgid` of its own."""
    payload = {**_robot_envelope(message), "msgtype": "stream", "stream": {"id": stream_id}}
    return json.dumps(payload, ensure_ascii=False)


def _robot_envelope(message: ChatMessage) -> dict[str, Any]:
    return {
        "msgid": f"SIM{message.pk}-{secrets.token_hex(6)}",
        "aibotid": ROBOT_ID,
        "chatid": message.chat_id,
        "chattype": "group",
        "from": {"userid": message.sender},
    }
