"""What one row of the grammar says."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import TypeAlias

from config.api.roles import Role
from wechat.commands.meaning import Command
from wechat.commands.references import Quoted
from wechat.commands.text import Text

TEAM = frozenset({Role.STAFF, Role.ADMIN})


class Section(Enum):
    """Where help lists it."""

    TICKETS = "工单"
    REPLIES = "回复工单"
    MINE = "我的工作"
    PROJECTS = "项目"


class Mark(Enum):
    """What a command begins with: `/`, `#` (or `/`), or a ticket's number."""

    SLASH = "/"
    HASH = "#"
    TICKET = "#123"


@dataclass(frozen=True)
class Reading:
    """What stands behind a command's name (`word`), and which tickets stand before a verb."""

    body: Text
    word: str = ""
    ticket_ids: tuple[int, ...] = ()
    quoted: Quoted = field(default_factory=Quoted)


Parser: TypeAlias = "Callable[[Spec, Reading], Command | None]"


@dataclass(frozen=True, eq=False)
class Spec:
    """One command: as the parser finds it, as help shows it, as a refusal proposes it.

    A verb's parser answers None for words that only begin like it (questions, negations): they are
    a note. `states` is where a verb works; `short` is how it is proposed behind a ticket's number.
    """

    names: tuple[str, ...]
    synopsis: str
    example: str
    meaning: str
    section: Section
    mark: Mark
    parse: Parser
    details: str = ""
    roles: frozenset[Role] = TEAM
    # Nothing may follow; without its slash it is a command only when it is the whole message.
    is_alone: bool = False
    short: str = ""
    states: frozenset[str] = frozenset()
    # What the verb sets: a ticket's state (or `reopened`), its progress; a colleague's presence.
    value: str = ""
    progress: int | None = None

    @property
    def title(self) -> str:
        """The command's name as one writes it."""
        return self.short if self.mark is Mark.TICKET else f"{self.mark.value}{self.names[0]}"
