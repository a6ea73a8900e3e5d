"""What came of a command."""

from dataclasses import dataclass


@dataclass(frozen=True)
class CommandResult:
    """`text` is what the group sees; `handled` is False when the command was not understood or failed."""

    text: str
    handled: bool
    ticket_id: int | None = None
