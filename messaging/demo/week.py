"""A week of past messages for the demo, so that the monitor and the lists have something to show.

The same day makes the same week. Nothing of it is sent, and nobody real is written to.
"""

import datetime as dt
import random
from collections.abc import Iterator
from dataclasses import dataclass
from operator import itemgetter

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from messaging.models import ChannelAccount, ChannelType, Message, MessageStatus, MessageTemplate
from messaging.models.message import MESSAGE_PREFIX
from messaging.statistics import rows

DAYS = 7
_WEEKDAY, _WEEKEND = (86, 118), (38, 56)
# Most leaves before and around noon; at night it is quiet.
_FIRST_HOUR, _HOURS = 8, 12


@dataclass(frozen=True, slots=True)
class _Flow:
    """What a channel carries on a day: its share, and how its provider answers."""

    channel: ChannelType
    template: str
    share: float
    failures_in_a_thousand: int
    usual_ms: int
    code: str = ""
    detail: str = ""
    ends: MessageStatus = MessageStatus.SENT


_FLOWS = (
    _Flow(
        ChannelType.WORK_WECHAT, "staff_notice", 0.30, 8, 90, "81013", "接收人不在应用可见范围内"
    ),
    _Flow(
        *(ChannelType.SMS, "sms_ticket_resolved", 0.22, 32, 210),
        *("isv.MOBILE_NUMBER_ILLEGAL", "手机号码格式错误", MessageStatus.DELIVERED),
    ),
    _Flow(ChannelType.GROUP_BOT, "test_message", 0.17, 4, 120, "45009", "接口调用超过限制"),
    _Flow(
        *(ChannelType.WECHAT, "ticket_progress", 0.13, 15, 150),
        *("43004", "需要接收者关注", MessageStatus.DELIVERED),
    ),
    _Flow(ChannelType.EMAIL, "email_notice", 0.08, 48, 640, "550", "邮箱不存在"),
    _Flow(ChannelType.APP, "app_notice", 0.06, 20, 180, "410", "订阅已失效"),
    _Flow(ChannelType.FEISHU, "feishu_notice", 0.04, 0, 110),
)
_VARIABLES = {
    "name": "陈女士",
    "title": "服务通知",
    "content": "今晚八点系统维护，约十分钟",
    "ticket_no": "T-1024",
    "number": "#1024",
    "status": "已处理完成",
    "time": "10:30",
}


@transaction.atomic
def load(_password: str = "") -> None:
    """For `manage.py demo`; only where nobody has sent anything, so that nothing real is mixed with it."""
    if Message.objects.exists():
        return
    now = timezone.now()
    chance = random.Random(20_260)  # noqa: S311
    today = timezone.localdate()
    templates = {row.code: row for row in MessageTemplate.objects.all()}
    accounts = {row.channel: row for row in ChannelAccount.objects.filter(is_default=True)}
    made: list[Message] = []
    for back in range(DAYS - 1, -1, -1):
        day = today - dt.timedelta(days=back)
        for flow, at in sorted(_moments(day, now, chance), key=itemgetter(1)):
            message = _message(flow, at, len(made), chance)
            message.template = templates.get(flow.template)
            message.template_version = message.template.version if message.template else None
            message.account = accounts.get(flow.channel)
            made.append(message)
    Message.objects.bulk_create(made, batch_size=500)
    # A row says for itself when it was made only afterwards.
    Message.objects.filter(created_at__gte=now).update(created_at=F("due_at"))
    for back in range(1, DAYS):
        rows.roll_up(today - dt.timedelta(days=back))


def _moments(
    day: dt.date, now: dt.datetime, chance: random.Random
) -> Iterator[tuple[_Flow, dt.datetime]]:
    """When each flow's messages of `day` were made; of today what fits, a fifth even at night."""
    start = timezone.make_aware(dt.datetime.combine(day, dt.time.min))
    opens, hours = start + dt.timedelta(hours=_FIRST_HOUR), dt.timedelta(hours=_HOURS)
    size = float(chance.randint(*(_WEEKEND if day.weekday() > 4 else _WEEKDAY)))
    if opens + hours > now:
        opens = min(opens, max(start, now - dt.timedelta(hours=3)))
        size *= max(0.2, (now - opens) / hours)
        hours = now - opens
    for flow in _FLOWS:
        for _ in range(round(size * flow.share)):
            at = opens + hours * chance.triangular(0, 1, 0.35)
            if at < now - dt.timedelta(minutes=1):
                yield flow, at


def _message(flow: _Flow, at: dt.datetime, number: int, chance: random.Random) -> Message:
    has_failed = chance.random() * 1000 < flow.failures_in_a_thousand
    took = round(flow.usual_ms * chance.lognormvariate(0, 0.4))
    ended = at + dt.timedelta(milliseconds=40 + took)
    arrived = ended + dt.timedelta(seconds=chance.randint(1, 9))
    is_delivered = not has_failed and flow.ends == MessageStatus.DELIVERED
    return Message(
        message_id=f"{MESSAGE_PREFIX}{timezone.localtime(at):%Y%m%d%H%M%S}{number:012x}",
        channel=flow.channel,
        recipient=_recipient(flow.channel, number),
        variables=_VARIABLES,
        status=MessageStatus.FAILED if has_failed else flow.ends,
        attempts=1,
        error_code=flow.code if has_failed else "",
        error_detail=flow.detail if has_failed else "",
        duration_ms=took,
        due_at=at,
        sent_at=None if has_failed else ended,
        delivered_at=arrived if is_delivered else None,
        finished_at=arrived if is_delivered else ended,
    )


def _recipient(channel: ChannelType, number: int) -> str:
    """Addresses that the sandbox takes and nobody real has."""
    match channel:
        case ChannelType.SMS:
            return f"+8613900{number % 400:06d}"
        case ChannelType.EMAIL:
            return f"guest{number % 40:02d}@example.com"
        case ChannelType.GROUP_BOT | ChannelType.FEISHU:
            return "demo_group"
        case ChannelType.WECHAT:
            return f"oDemoFollower{number % 60:015d}"
        case _:
            return f"colleague{number % 25:02d}"
