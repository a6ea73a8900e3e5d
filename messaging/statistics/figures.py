"""One day's figures of one channel and template, however they were counted."""

import math
from collections import Counter
from dataclasses import dataclass, field

from messaging.models import MessageStatus

# Buckets grow by a tenth of e: a percentile read off them is off by 5 % at most.
_STEPS = 10


@dataclass(frozen=True, slots=True)
class Slot:
    """Whose figures: `template_id` is 0 for messages without a template."""

    channel: str
    template_id: int


@dataclass(slots=True)
class Figures:
    """Of the messages created on a day: how many were accepted, and how many ended how."""

    total: int = 0
    sent: int = 0
    delivered: int = 0
    # Of those delivered.
    read: int = 0
    failed: int = 0
    cancelled: int = 0
    duration_sum_ms: int = 0
    durations: Counter[int] = field(default_factory=Counter)

    def add(self, other: "Figures") -> None:
        for name in COUNTS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.duration_sum_ms += other.duration_sum_ms
        self.durations.update(other.durations)

    @property
    def arrived(self) -> int:
        """What the provider took, whether or not it told us of the delivery."""
        return self.sent + self.delivered

    @property
    def success_rate(self) -> float:
        """Per cent of those that have ended; 0 while none has."""
        ended = self.arrived + self.failed
        return round(100 * self.arrived / ended, 2) if ended else 0.0

    @property
    def avg_response_ms(self) -> float:
        answered = self.durations.total()
        return round(self.duration_sum_ms / answered, 1) if answered else 0.0

    @property
    def p95_response_ms(self) -> float:
        return percentile(self.durations, 0.95)


COUNTS = ("total", "sent", "delivered", "read", "failed", "cancelled")

# Which counts a final state belongs to; the others have not ended.
_COUNTS_OF: dict[str, tuple[str, ...]] = {
    MessageStatus.SENT: ("sent",),
    MessageStatus.DELIVERED: ("delivered",),
    MessageStatus.READ: ("delivered", "read"),
    MessageStatus.FAILED: ("failed",),
    MessageStatus.UNCERTAIN: ("failed",),
    MessageStatus.EXPIRED: ("failed",),
    MessageStatus.CANCELLED: ("cancelled",),
}


def counts_of(status: str) -> tuple[str, ...]:
    return _COUNTS_OF.get(status, ())


def bucket_of(duration_ms: int) -> int:
    return int(math.log(duration_ms + 1) * _STEPS)


def percentile(durations: Counter[int], share: float) -> float:
    """The upper end of the bucket in which that share of all durations is reached, in ms."""
    wanted = share * durations.total()
    seen = 0
    for bucket in sorted(durations):
        seen += durations[bucket]
        if seen >= wanted:
            return round(math.exp((bucket + 1) / _STEPS) - 1, 1)
    return 0.0
