"""A week of messages, a channel that rests, and what is to go later: run inside a live system.

python -m tests.browser.monitor_load
"""

import os
import random
from datetime import datetime, time, timedelta

import django


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from django.utils import timezone

    now = timezone.now()
    chance = random.Random(7)
    for back in range(6, -1, -1):
        day = timezone.localdate() - timedelta(days=back)
        noon = timezone.make_aware(datetime.combine(day, time(hour=12)))
        at = min(noon, now - timedelta(minutes=10)) if back else now - timedelta(seconds=30)
        size = chance.randint(900, 1300) - (350 if day.weekday() > 4 else 0)
        _write_day(at, size if back else size // 2, chance)
    _write_what_waits(now)
    _rest(now)


# channel: its share, its failures of a thousand, how long its provider takes (ms).
CHANNELS = {
    "WORK_WECHAT": (0.34, 3, 90),
    "SMS": (0.24, 21, 210),
    "GROUP_BOT": (0.15, 2, 120),
    "WECHAT": (0.12, 9, 150),
    "EMAIL": (0.07, 42, 640),
    "APP": (0.05, 14, 180),
    "FEISHU": (0.03, 0, 110),
}
REASONS = {
    "WORK_WECHAT": ("81013", "接收人不在应用可见范围内"),
    "SMS": ("isv.MOBILE_NUMBER_ILLEGAL", "手机号码格式错误"),
    "GROUP_BOT": ("45009", "接口调用超过限制"),
    "WECHAT": ("43004", "需要接收者关注"),
    "EMAIL": ("550", "邮箱不存在"),
    "APP": ("410", "订阅已失效"),
}


def _write_day(at: datetime, size: int, chance: random.Random) -> None:
    from messaging.models import Message

    made = []
    for channel, (share, failures, usual) in CHANNELS.items():
        for number in range(round(size * share)):
            has_failed = chance.random() * 1000 < failures
            code, detail = REASONS[channel] if has_failed else ("", "")
            took = round(usual * chance.lognormvariate(0, 0.4))
            made.append(
                Message(
                    message_id=f"MSG{at:%Y%m%d%H%M%S}{channel[:3]}{number:05d}",
                    channel=channel,
                    recipient=_recipient(channel, number),
                    status="failed"
                    if has_failed
                    else ("delivered" if channel == "SMS" else "sent"),
                    attempts=1,
                    error_code=code,
                    error_detail=detail,
                    duration_ms=took,
                    due_at=at,
                    sent_at=at + timedelta(milliseconds=40 + took),
                    finished_at=at + timedelta(milliseconds=40 + took),
                )
            )
    Message.objects.bulk_create(made, batch_size=500)
    ids = [message.message_id for message in made]
    for first in range(0, len(ids), 500):
        Message.objects.filter(message_id__in=ids[first : first + 500]).update(created_at=at)


def _recipient(channel: str, number: int) -> str:
    if channel == "SMS":
        return f"+86138{number:08d}"
    return f"guest{number:04d}@example.com" if channel == "EMAIL" else f"user{number:04d}"


def _write_what_waits(now: datetime) -> None:
    from messaging.sending.accept import NewMessage, messages_accept

    messages_accept(
        [
            NewMessage(
                channel="SMS",
                recipient=f"+86139{number:08d}",
                payload={},
                send_at=now + timedelta(days=1),
            )
            for number in range(120)
        ]
    )


def _rest(now: datetime) -> None:
    from messaging.models import ChannelCircuit

    ChannelCircuit.objects.update_or_create(
        key="FEISHU:0",
        defaults={
            "is_open": True,
            "opened_at": now,
            "open_until": now + timedelta(minutes=9),
            "code": "99991663",
            "detail": "凭证无效",
        },
    )


if __name__ == "__main__":
    main()
