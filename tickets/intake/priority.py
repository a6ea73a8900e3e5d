"""How urgent somebody's words make a problem (seed 001, "优先级关键词")."""

import re

from tickets.models import Priority

_WORDS = re.compile(
    r"(?P<no>不算|不是|不会|不|非|无|没有|没)?(?:那么|怎么|什么|很|太|特别|非常)?"
    r"(?P<word>紧急|严重|高优先级)"
)


def priority_in(text: str) -> str:
    """紧急 or 严重 is urgent, 高优先级 is high; 不紧急 and the like count for nothing."""
    found = {match["word"] for match in _WORDS.finditer(text) if not match["no"]}
    if found & {"紧急", "严重"}:
        return Priority.URGENT
    return Priority.HIGH if found else Priority.NORMAL
