"""What there is to tell people after a round."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Item:
    """One incident as it is told. `number` is its row, 0 for one that no database has yet."""

    rule: str
    subject: str
    summary: str
    opened_at: datetime
    closed_at: datetime | None = None
    number: int = 0

    @property
    def key(self) -> tuple[str, str]:
        return self.rule, self.subject


@dataclass
class News:
    """`opened` and `closed` are told once; `lasting` were told before and still are."""

    opened: list[Item] = field(default_factory=list)
    lasting: list[Item] = field(default_factory=list)
    closed: list[Item] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.opened or self.lasting or self.closed)
