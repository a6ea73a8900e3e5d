"""A code is for the phone alone: no screen of ours shows it, and it does not stay in the message."""

from datetime import timedelta
from typing import Any

from config.database import clock
from messaging.channels.sms.template import CODE
from messaging.models import ChannelType, Message, MessageTemplate

HIDDEN = "••••••"
# By then no code is good any more, nor will its message still be sent.
CLEARED_AFTER = timedelta(minutes=10)
LOOKED_BACK = timedelta(days=2)


def is_code(message: Message) -> bool:
    """Whether the message carries a code."""
    payload = message.payload or {}
    if payload.get("template_type") == CODE:
        return True
    template = message.template
    return template is not None and template.options.get("template_type") == CODE


def masked(message: Message, content: Any) -> Any:
    """`content`, the message's variables or payload, as it may be shown."""
    return without_words(content) if is_code(message) else content


def code_templates() -> set[int]:
    """The templates that codes go out with."""
    return {
        template.pk
        for template in MessageTemplate.objects.filter(channel=ChannelType.SMS).only("options")
        if template.options.get("template_type") == CODE
    }


def codes_clear() -> int:
    """Takes the words out of messages that carried a code; returns how many."""
    now = clock.now()
    old = Message.objects.filter(
        template__in=code_templates(),
        created_at__gt=now - LOOKED_BACK,
        created_at__lt=now - CLEARED_AFTER,
    ).exclude(variables=None, payload=None)
    return old.update(variables=None, payload=None)


def without_words(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: without_words(item) for key, item in value.items()}
    if isinstance(value, list):
        return [without_words(item) for item in value]
    return HIDDEN if value is not None else None
