"""Answering where it was asked: the robot's `response_url`, else a message of the app."""

from datetime import timedelta

from django.utils import timezone

from messaging.channels import registry
from messaging.channels.base import Content
from messaging.models import BodyFormat, ChannelType
from messaging.sending.accept import NewMessage, message_accept
from wechat.callbacks.inbound import Inbound
from wechat.channels.smart_robot.sender import RESPONSE_URL_LIVES_SECONDS
from wechat.channels.work_wechat.sender import MARKDOWN_BYTES

# Room for `（1/2）` and its line break.
NUMBER_BYTES = 16
# Somebody waits for the answer.
REPLY_PRIORITY = 8


def send_reply(inbound: Inbound, text: str) -> None:
    """Accepts the answer for sending; the caller's transaction decides whether it stands."""
    if inbound.response_url:
        message_accept(
            NewMessage(
                channel=ChannelType.AI,
                recipient=inbound.chat_id or inbound.user_id,
                payload={
                    "response_url": inbound.response_url,
                    **registry.get(ChannelType.AI).compose(
                        Content(BodyFormat.MARKDOWN, subject="", body=text)
                    ),
                },
                priority=REPLY_PRIORITY,
                expires_at=timezone.now() + timedelta(seconds=RESPONSE_URL_LIVES_SECONDS),
            )
        )
        return
    for part in parts_of(text):
        message_accept(
            NewMessage(
                channel=ChannelType.WORK_WECHAT,
                recipient=inbound.user_id,
                payload={
                    "is_reply": True,
                    **registry.get(ChannelType.WORK_WECHAT).compose(
                        Content(BodyFormat.MARKDOWN, subject="", body=part)
                    ),
                },
                priority=REPLY_PRIORITY,
            )
        )


def parts_of(text: str) -> list[str]:
    """What the app can say in one message each, divided between lines and numbered."""
    if len(text.encode()) <= MARKDOWN_BYTES:
        return [text]
    parts: list[list[str]] = [[]]
    for line in text.split("\n"):
        longer = "\n".join([*parts[-1], line])
        if parts[-1] and len(longer.encode()) > MARKDOWN_BYTES - NUMBER_BYTES:
            parts.append([])
        parts[-1].append(line)
    return [
        f"（{number}/{len(parts)}）\n" + "\n".join(lines) for number, lines in enumerate(parts, 1)
    ]
