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


# A card's first line, and the line by which a reminder names its ticket.
_CARD = re.compile(r"[^\n]{0,8}【[^】\n]{1,20}】\s*+#\s*+id?\s*+(\d{1,18})(?!\d)")
# A follow-up on one ticket's changes (`tickets.group.wording`), which may name others behind it.
_FOLLOW_UP = re.compile(r"🔄\s*+工单\s*+#\s*+(\d{1,18})(?!\d)")
_NAMED = re.compile(r"(?m)^工单编号\s*+:\s*+#\s*+(\d{1,18})(?!\d)")
# A list of reminders, or of news: what is quoted of it may be cut after the first ticket.
_DIGEST = re.compile(r"[^\n]{0,8}【[^】\n]{0,12}(?:汇总|动态)】")
# What our own answers add below a ticket's own line.
_ASIDE = re.compile(r"(?m)^(?:🔎|💡)[^\n]*+$")


@dataclass(frozen=True)
class Quoted:
    """What a quoted message is about: one project, or one ticket; neither when it cannot be told."""

    project_id: int | None = None
    ticket_id: int | None = None
    # It names several projects.
    is_several: bool = False
    # It names several tickets, and is not the card of one.
    ticket_ids: tuple[int, ...] = ()


def quoted_reference(quoted: str) -> Quoted:
    """A card is about its own ticket, whatever else it names; a list of tickets about none of them."""
    folded = read(quoted).folded
    start = folded.lstrip()
    own = _CARD.match(start) or _FOLLOW_UP.match(start) or _single(folded)
    found = list(_QUOTED.finditer(_ASIDE.sub("", folded)))
    if own is not None and _is_possible(int(own[1])):
        return Quoted(ticket_id=int(own[1]))
    if not found:
        return Quoted()
    if found[0]["kind"] == "p":
        projects = {mark["number"] for mark in found if mark["kind"] == "p"}
        number = int(found[0]["number"])
        return Quoted(is_several=True) if len(projects) > 1 else Quoted(project_id=number)
    numbers = dict.fromkeys(int(mark["number"]) for mark in found if mark["kind"] != "p")
    ids = tuple(number for number in numbers if _is_possible(number))
    is_list = len(ids) != 1 or _DIGEST.match(start) is not None
    return Quoted(ticket_ids=ids) if is_list else Quoted(ticket_id=ids[0])


def _single(folded: str) -> re.Match[str] | None:
    """The one ticket that a reminder names; a digest names several."""
    found = list(_NAMED.finditer(folded))
    return found[0] if len(found) == 1 else None


def _is_possible(number: int) -> bool:
    return 1 <= number <= MAX_TICKET_ID


def ids_at(folded: str, at: int) -> tuple[tuple[int, ...], int]:
    """The ticket numbers that begin at `at`, and where they end; an impossible number is none."""
    ids: list[int] = []
    while (found := _IDS.match(folded, at)) and len(ids) < MAX_TICKETS:
        if len(found[1]) > 10 or not 1 <= int(found[1]) <= MAX_TICKET_ID:
            return (), at
        ids.append(int(found[1]))
        at = found.end()
    return tuple(dict.fromkeys(ids)), at


def ticket_ids(message: Text) -> tuple[tuple[int, ...], Text]:
    """The ticket numbers in front and what follows them."""
    ids, end = ids_at(message.folded, 0)
    return (ids, message.cut(end).strip(" \n,:、")) if ids else ((), message)


def begins_with_ticket(text: Text) -> bool:
    return _IDS.match(text.folded) is not None


def project_number(text: Text) -> tuple[int | None, Text]:
    """`#P5`, `项目#5`, `项目5` in front, and what follows; None when there is none."""
    found = _PROJECT.match(text.folded)
    if found is None:
        return None, text
    return int(found[1] or found[2]), text.cut(found.end()).strip(" \n,:、")
