"""What came of a command."""

from dataclasses import dataclass

from wechat.commands.meaning import Command


@dataclass(frozen=True)
class Effect:
    """The first and last event that a command left on one ticket."""

    ticket_id: int
    first: int
    last: int


@dataclass(frozen=True)
class Choice:
    """One line of a numbered list, and the command that choosing it completes."""

    label: str
    command: Command


@dataclass(frozen=True)
class CommandResult:
    """`text` is what the group sees; `handled` is False when the command was not understood or failed.

    With `choices` the text lists them, and the asker's next number chooses one.
    """

    text: str
    handled: bool
    ticket_id: int | None = None
    effects: tuple[Effect, ...] = ()
    choices: tuple[Choice, ...] = ()
