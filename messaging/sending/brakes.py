"""What may hold a message back before it is sent: quiet hours, an open circuit, a limit.

A message that is held back goes back with a due time and has used up no attempt.
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from config.database import clock
from config.runtime import store
from messaging.channels.base import Channel, Limit, Outbound, Outcome, Result
from messaging.sending import circuit, limits
from messaging.sending.claim import Claimed

# Who waits for a code or an alarm wants it at night too.
ALWAYS_FROM_PRIORITY = 9


@dataclass(slots=True)
class Ready:
    """A message that could go now."""

    row: Claimed
    channel: Channel
    outbound: Outbound
    # The one that looks whether an open circuit's provider works again.
    is_probe: bool = False


class Brakes:
    """The brakes of one chunk: it remembers what it refused, to space out those that wait."""

    def __init__(self) -> None:
        self._refused: Counter[str] = Counter()

    def admit(self, ready: Sequence[Ready]) -> tuple[list[Ready], list[tuple[Ready, Result]]]:
        """Those that may go, and why the others may not."""
        allowed: list[Ready] = []
        refused: list[tuple[Ready, Result]] = []
        quiet = _quiet_seconds()
        gates: dict[str, list[float]] = {}
        for item in ready:
            wait = quiet.get(item.row.channel, 0.0)
            if wait and item.row.priority < ALWAYS_FROM_PRIORITY:
                refused.append((item, _held("quiet_hours", "免打扰时段", wait)))
                continue
            key = circuit.key_of(item.row.channel, item.row.account_id)
            if key not in gates:
                gates[key] = list(circuit.places(key))
            if gates[key][0] > 0:
                item.is_probe = gates[key][0] < math.inf
                gates[key][0] -= 1
                allowed.append(item)
            else:
                refused.append((item, _held("circuit_open", "渠道已熔断", gates[key][1])))
        return self._within_limits(allowed, refused)

    def _within_limits(
        self, ready: list[Ready], refused: list[tuple[Ready, Result]]
    ) -> tuple[list[Ready], list[tuple[Ready, Result]]]:
        caps = store.get("frequency_cap")
        asked = [_limits_of(item, caps) for item in ready]
        allowed: list[Ready] = []
        for item, own, wait in zip(ready, asked, limits.take(asked), strict=True):
            if wait <= 0:
                allowed.append(item)
            else:
                refused.append((item, _held("local_limit", "等待限额", self._spaced(own, wait))))
        return allowed, refused

    def _spaced(self, own: Sequence[Limit], wait: float) -> float:
        """The n-th that waits for the same limit waits as many windows longer as it must."""
        longest = wait
        for limit in own:
            place = self._refused[limit.key]
            self._refused[limit.key] += 1
            longest = max(longest, wait + place // max(1, limit.count) * limit.window_seconds)
        return longest


def _limits_of(item: Ready, caps: dict[str, dict[str, int]]) -> list[Limit]:
    own = item.channel.limits(item.outbound)
    cap = caps.get(item.row.channel)
    if cap and item.row.priority < ALWAYS_FROM_PRIORITY:
        key = f"cap:{item.row.channel}:{item.row.recipient}"
        own = [*own, Limit(key, cap["count"], float(cap["seconds"]))]
    return own


def _held(code: str, why: str, seconds: float) -> Result:
    return Result(
        Outcome.THROTTLED,
        code,
        f"{why}：{seconds:.0f} 秒后再发",
        retry_after_seconds=seconds,
        was_tried=False,
    )


def _quiet_seconds() -> dict[str, float]:
    """For each channel that is quiet now, how long still."""
    now = clock.local()
    found = {}
    for channel, hours in store.get("quiet_hours").items():
        end = _quiet_until(now, hours["start"], hours["end"])
        if end is not None:
            found[channel] = (end - now).total_seconds()
    return found


def _quiet_until(now: datetime, start: str, end: str) -> datetime | None:
    """When the quiet of `start`–`end` (`HH:MM`, over midnight too) ends; None when it is not quiet."""
    clock = f"{now:%H:%M}"
    inside = start <= clock < end if start <= end else clock >= start or clock < end
    if not inside:
        return None
    hour, minute = map(int, end.split(":"))
    until = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
    return until if until > now else until + timedelta(days=1)
