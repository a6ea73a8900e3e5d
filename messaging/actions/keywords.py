"""Realtime push: a template that answers a keyword in what a customer or a group wrote (seed 002)."""

from collections.abc import Mapping
from typing import Any

from config.errors import AppError
from config.logs import get_logger
from messaging.actions.send import Options, SingleSend, message_send
from messaging.models import Message, MessageTemplate, PushMode, TemplateStatus

logger = get_logger(__name__)

# Somebody waits for the answer.
PRIORITY = 7


def keyword_push(*, text: str, addresses: Mapping[str, str]) -> list[Message]:
    """Sends each active realtime template whose keyword stands in `text`; returns what was sent.

    `addresses`: under which recipient each channel reaches whoever wrote. A template on another
    channel stays silent, and so does one that wants more than `content` (what was written), which
    is all that is known here.
    """
    sent = []
    for template in _templates(list(addresses)):
        if not any(keyword.lower() in text.lower() for keyword in template.keywords):
            continue
        try:
            message, _ = message_send(
                SingleSend(
                    template=template,
                    variables=_variables(text),
                    options=Options(priority=PRIORITY),
                    recipient=addresses[template.channel],
                ),
                actor=None,
            )
        except AppError as error:
            logger.warning("keyword_push_refused", template=template.code, code=error.code)
            continue
        sent.append(message)
    return sent


def _templates(channels: list[str]) -> list[MessageTemplate]:
    return list(
        MessageTemplate.objects.filter(
            push_mode=PushMode.REALTIME, status=TemplateStatus.ACTIVE, channel__in=channels
        ).order_by("pk")
    )


def _variables(text: str) -> dict[str, Any]:
    return {"content": text}
