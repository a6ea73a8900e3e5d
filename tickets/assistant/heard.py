"""What came of a customer's words."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Heard:
    """`reply` is to be said now; `note` is for operators (the callback's record)."""

    reply: str = ""
    chat_id: int | None = None
    turn_id: int | None = None
    note: str = ""
