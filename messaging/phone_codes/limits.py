"""How often codes are sent: counted from the rows, which outlive every restart.

The caller holds the locks of phone and address, so that no two requests count at once.
"""

from datetime import datetime, timedelta

from config.errors import TooOftenError
from messaging.models import PhoneCode

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
PER_PHONE_AND_HOUR = 5
PER_ADDRESS_AND_HOUR = 20


def check(*, phone: str, address: str, now: datetime) -> None:
    """One a minute and five an hour for a phone, twenty an hour for an address.

    Raises `TooOftenError`. It counts whoever asks, whether anybody knows the phone or not.
    """
    _check("phone", phone, MINUTE, 1, now)
    _check("phone", phone, HOUR, PER_PHONE_AND_HOUR, now)
    _check("address", address, HOUR, PER_ADDRESS_AND_HOUR, now)


def _check(field: str, value: str, window: timedelta, most: int, now: datetime) -> None:
    sent = PhoneCode.objects.filter(**{field: value}, created_at__gt=now - window)
    times = list(sent.order_by("-created_at").values_list("created_at", flat=True)[:most])
    if len(times) < most:
        return
    wait = int((times[-1] + window - now).total_seconds()) + 1
    raise TooOftenError(f"获取验证码过于频繁，请{_later(wait)}再试", wait)


def _later(seconds: int) -> str:
    return f" {seconds} 秒后" if seconds <= 60 else f" {-(-seconds // 60)} 分钟后"
