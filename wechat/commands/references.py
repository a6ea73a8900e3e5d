"""Numbers in what people write: `#123` is a ticket, `#P5` a project."""

import re
from dataclasses import dataclass

from wechat.commands.text import Text, read

MAX_TICKET_ID = 2**31 - 1
MAX_TICKETS = 20

# Possessive `\s*+`: two runs of spaces side by side must not be divided in every possible way.
_IDS = re.compile(r"(?:工单)?\s*+#\s*+(?:id)?\s*+(\d++)(?:\s*+[、,和]?\s*+(?=(?:工单)?\s*+#))?")
_QUOTED = re.compile(r"#\s*+(?P<kind>id|p)?\s*+(?P<number>\d{1,18})(?![0-9a-z])")
_PROJECT = re.compile(
    r"(?:(?:项目|编号|:|\s)*+#\s*+p\s*+(\d{1,18})|项目\s*+#?\s*+(\d{1,18}))(?=[\s,.;:!、。@给]|$)"
)


@dataclass(frozen=True)
class Quoted:
    """What a quoted message is about: one project, or one ticket; neither when it cannot be told."""

    project_id: int | None = None
    ticket_id: int | None = None
    # It names several projects.
    is_several: bool = False


def quoted_reference(quoted: str) -> Quoted:
    """The first number says what the message is about: a card begins with its own."""
    found = list(_QUOTED.finditer(read(quoted).folded))
    if not found:
        return Quoted()
    number = int(found[0]["number"])
    if found[0]["kind"] == "p":
        projects = {mark["number"] for mark in found if mark["kind"] == "p"}
        return Quoted(is_several=True) if len(projects) > 1 else Quoted(project_id=number)
    return Quoted(ticket_id=number) if 1 <= number <= MAX_TICKET_ID else Quoted()


def ticket_ids(message: Text) -> tuple[tuple[int, ...], Text]:
    """The ticket numbers in front and what follows them; an impossible number is none."""
    ids: list[int] = []
    at = 0
    while (found := _IDS.match(message.folded, at)) and len(ids) < MAX_TICKETS:
        if len(found[1]) > 10 or not 1 <= int(found[1]) <= MAX_TICKET_ID:
            return (), message
        ids.append(int(found[1]))
        at = found.end()
    return tuple(dict.fromkeys(ids)), message.cut(at).strip(" \n,:、")


def begins_with_ticket(text: Text) -> bool:
    return _IDS.match(text.folded) is not None


def project_number(text: Text) -> tuple[int | None, Text]:
    """`#P5`, `项目#5`, `项目5` in front, and what follows; None when there is none."""
    found = _PROJECT.match(text.folded)
    if found is None:
        return None, text
    return int(found[1] or found[2]), text.cut(found.end()).strip(" \n,:、")
