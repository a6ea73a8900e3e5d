"""Sending what is due, once a period and recipient, whichever worker comes to it first."""

import base64
import datetime as dt
from typing import Any

from django.db import transaction
from django.utils import timezone

from config.database import clock
from config.database.locks import transaction_lock
from config.errors import InvalidInputError
from config.logs import get_logger
from config.runtime import store
from customers.actions.statistics import keep_days
from messaging.actions.send import Options, SingleSend, message_send
from messaging.channels import registry
from messaging.channels.base import Content
from messaging.models import BodyFormat, ChannelType, Message, MessageTemplate, TemplateStatus
from messaging.sending.accept import NewMessage, message_accept
from monitoring.digest import figures, words
from monitoring.digest.periods import Period, period_due
from monitoring.digest.picture import trend_picture
from monitoring.digest.settings import DAILY, WEEKLY

logger = get_logger(__name__)

PRIORITY = 6
TREND_DAYS = 7


class DigestFailedError(Exception):
    """Some recipients got no report; the job that asked is a failed one, and says why."""


def digests_send(now: dt.datetime | None = None) -> int:
    """Sends each report whose hour has come and that was not sent; returns how many messages.

    Raises `DigestFailedError` after all the others were sent.
    """
    local = timezone.localtime(now or clock.now())
    sent, faults = 0, []
    for setting in (DAILY, WEEKLY):
        wanted = store.get(setting)
        period = period_due(setting, wanted, local)
        if period is None or not _unsent(period, wanted):
            continue
        try:
            sent += digest_send(period, wanted)
        except InvalidInputError as error:
            faults.append(f"{setting}: {error.detail}")
    if faults:
        raise DigestFailedError("；".join(faults))
    return sent


def digest_send(period: Period, wanted: dict[str, Any]) -> int:
    """The report of `period` to everybody who is named. Raises `InvalidInputError` at the end."""
    template = MessageTemplate.objects.filter(
        code=wanted["template_code"], status=TemplateStatus.ACTIVE
    ).first()
    if template is None:
        raise InvalidInputError(f"没有启用的模板 {wanted['template_code']}", attr="template_code")
    keep_days()
    told = variables_of(period)
    picture = _picture(period, template, wanted)
    sent, faults = 0, []
    for recipient in _unsent(period, wanted):
        try:
            sent += _send(period, template, recipient, told, picture)
        except InvalidInputError as error:
            faults.append(f"{recipient}：{error.detail}")
    logger.info("digest_sent", period=period.name, messages=sent)
    if faults:
        raise InvalidInputError("；".join(faults), attr="recipients")
    return sent


def variables_of(period: Period) -> dict[str, str]:
    """What the template may name, for this period against the one before."""
    whole = figures.summed(figures.days_between(period.first, period.last))
    before = figures.summed(figures.days_between(period.before.first, period.before.last))
    return words.variables(period, whole, before, figures.now())


def _key(period: Period, recipient: str) -> str:
    return f"digest:{period.name}:{recipient}"


def _unsent(period: Period, wanted: dict[str, Any]) -> list[str]:
    keys = {_key(period, recipient): recipient for recipient in wanted["recipients"]}
    known = Message.objects.filter(dedupe_key__in=list(keys)).values_list("dedupe_key", flat=True)
    sent = set(known)
    return [recipient for key, recipient in keys.items() if key not in sent]


@transaction.atomic
def _send(
    period: Period,
    template: MessageTemplate,
    recipient: str,
    told: dict[str, str],
    picture: dict[str, Any] | None,
) -> int:
    """Words and picture, both or none."""
    key = _key(period, recipient)
    asked = SingleSend(
        template, told, Options(priority=PRIORITY), recipient=recipient, dedupe_key=key
    )
    _, was_there = message_send(asked, actor=None)
    if was_there:
        return 0
    if picture is None:
        return 1
    transaction_lock(f"message.dedupe:{key}:picture")
    target = registry.get(template.channel).recipient(recipient)
    message_accept(
        NewMessage(
            channel=template.channel,
            recipient=target.address,
            account=target.account,
            payload=picture,
            priority=PRIORITY,
            dedupe_key=f"{key}:picture",
        )
    )
    return 2


def _picture(
    period: Period, template: MessageTemplate, wanted: dict[str, Any]
) -> dict[str, Any] | None:
    """The channel's own message for the picture; None where it takes none."""
    if not wanted["picture"] or template.channel != ChannelType.GROUP_BOT:
        return None
    first = period.last - dt.timedelta(days=TREND_DAYS - 1)
    drawn = trend_picture(figures.days_between(first, period.last))
    options = {"image": {"base64": base64.b64encode(drawn).decode()}}
    content = Content(BodyFormat.TEXT, "", "", options)
    return registry.get(template.channel).compose(content)
