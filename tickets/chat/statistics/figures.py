"""What is counted of chats.

Everything that a chat is belongs to the hour in which the customer asked for it, in the desk's time
zone (Asia/Shanghai), also when it ended or was rated days later. Messages and missed first replies
belong to the hour of their own.

| figure | what it is |
|---|---|
| `asked` | chats that customers asked for |
| `assigned` | of those, the ones that an agent got |
| `abandoned` | of those, ended by the customer while they waited |
| `unattended` | of those, nobody was on: the words became a ticket |
| `abandonment` | (`abandoned` + `unattended`) / `asked`, 0–1 |
| `ended` | of those, over by now |
| `wait` | from asking until an agent first had it, of those assigned |
| `first_reply` | from then until the agent's first words, of those answered (`replied`) |
| `handling` | from when an agent first had it until its end, of those assigned and ended (`handled`) |
| `missed` | chats taken from an agent who had not answered in time |
| `messages_in`, `messages_out` | what customers and what agents wrote; notes and notices not |
| `rated`, `satisfaction` | chats with a score 1–5, and its average |
| `rated_share` | `rated` / `ended`, 0–1 |
| `rated_low` | scores of 1 and 2 |

An agent's figures are of the chats they had last, of the messages they wrote, and of the replies
they missed. Durations are seconds; averages are exact, medians and p90 from a scale (`scale.py`).
"""

from collections import Counter
from dataclasses import dataclass, field, fields
from typing import Any

from tickets.chat.statistics import scale
from tickets.history.durations import Spread
from tickets.models import ChatHourStatistic

LOW_SCORE = 2
MEASURES = ("wait", "reply", "handling")


@dataclass
class Figures:
    """Numbers that can be added up; `steps` are durations on the scale, by measure."""

    asked: int = 0
    assigned: int = 0
    abandoned: int = 0
    unattended: int = 0
    ended: int = 0
    replied: int = 0
    handled: int = 0
    missed: int = 0
    messages_in: int = 0
    messages_out: int = 0
    rated: int = 0
    rating_sum: int = 0
    rated_low: int = 0
    wait_seconds: float = 0.0
    reply_seconds: float = 0.0
    handling_seconds: float = 0.0
    steps: dict[str, scale.Steps] = field(default_factory=dict)

    def add(self, **numbers: float) -> None:
        for name, number in numbers.items():
            setattr(self, name, getattr(self, name) + number)

    def include(self, other: "Figures") -> None:
        """A quarter has thousands of hours, each of which is added up more than once."""
        for name in NAMES:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for measure, steps in other.steps.items():
            own = self.steps.setdefault(measure, Counter())
            for step, count in steps.items():
                own[step] += count

    def numbers(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in NAMES}

    @property
    def abandonment(self) -> float | None:
        return (self.abandoned + self.unattended) / self.asked if self.asked else None

    @property
    def rated_share(self) -> float | None:
        return min(self.rated / self.ended, 1.0) if self.ended else None

    @property
    def satisfaction(self) -> float | None:
        return self.rating_sum / self.rated if self.rated else None

    @property
    def wait(self) -> Spread:
        return self._spread("wait", self.assigned, self.wait_seconds)

    @property
    def first_reply(self) -> Spread:
        return self._spread("reply", self.replied, self.reply_seconds)

    @property
    def handling(self) -> Spread:
        return self._spread("handling", self.handled, self.handling_seconds)

    def _spread(self, measure: str, count: int, seconds: float) -> Spread:
        steps = self.steps.get(measure, Counter())
        return Spread(
            count=count,
            average=seconds / count if count else None,
            median=scale.percentile(steps, 0.5),
            p90=scale.percentile(steps, 0.9),
        )


NAMES = tuple(one.name for one in fields(Figures) if one.name != "steps")


def figures_of(row: ChatHourStatistic) -> Figures:
    """A kept row's."""
    steps = {name: scale.read(kept) for name, kept in row.spreads.items()}
    return Figures(**{name: getattr(row, name) for name in NAMES}, steps=steps)
