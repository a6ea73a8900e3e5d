"""Several commands in one message: `#12 已解决，换了网线；#13 升级处理`, or one on each line."""

import re
from collections.abc import Callable

from wechat.commands.references import MAX_TICKETS, ids_at
from wechat.commands.text import Text

# Only before a ticket's number does a mark divide; most commas stand within a note.
_DIVIDER = re.compile(r"[;\n,。]\s*+(?=(?:工单)?\s*+#)")


def pieces_of(message: Text, is_verb: Callable[[Text], bool]) -> list[Text]:
    """The message, divided where a ticket's number and a verb follow; else in one piece.

    `#12 已解决，原因同 #13` is one: nothing says what is to be done with 13.
    """
    marks = list(_DIVIDER.finditer(message.folded))
    starts: list[int] = [0]
    ends: list[int] = []
    behind, following = ids_at(message.folded, 0)[1], 0
    for mark in marks:
        if mark.end() < behind:
            continue  # a number among others: `#13，#14 已解决`
        ids, end = ids_at(message.folded, mark.end())
        while following < len(marks) and marks[following].start() < end:
            following += 1
        until = marks[following].start() if following < len(marks) else None
        if not ids or not is_verb(message.cut(end, until).strip(" \n,:、")):
            continue
        ends.append(mark.start())
        starts.append(mark.end())
        behind = end
        if len(starts) > MAX_TICKETS:
            break
    ends.append(len(message.folded))
    return [message.cut(start, end).strip() for start, end in zip(starts, ends, strict=True)]
