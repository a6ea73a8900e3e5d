"""How urgent somebody's words make their problem (seed 000: 很急, 紧急, 马上 …)."""

import re

from tickets.assistant.strategies.text import plain
from tickets.intake.priority import priority_in
from tickets.models import Priority

_NO = r"(?P<no>不算|不是|不用|不必|不需要|不会|并不|不太|不怎么|不那么|不|非|没有|没)?"
_URGENT = re.compile(
    _NO + r"(?:那么|怎么|这么|什么|很|太|好|超|超级|特别|非常|十分|万分|比较)?"
    r"(?:紧急|火急|加急|急用|急需|急死|急坏|着急|焦急|(?<=[很太好超级特别非常十分万分比较])急"
    r"|急+(?=[!,.~。]|$)|立刻|立即|即刻|马上(?!到期|好了|就好)|赶紧|赶快|十万火急|耽误不起"
    r"|等不了|急急|\burgent\b|\basap\b|emergency|right now|jinji)"
)
_STANDSTILL = re.compile(
    r"(全公司|所有人|整个(公司|部门|店|厂)|生产线?|业务|营业).{0,8}(停|瘫痪|用不了|不能用|中断)"
)


def priority_of(text: str) -> str:
    """`urgent` for words of urgency or of a standstill, else what tickets.intake makes of it."""
    said = plain(text)
    if any(not match["no"] for match in _URGENT.finditer(said)) or _STANDSTILL.search(said):
        return Priority.URGENT
    return priority_in(text)
