"""Reads of nginx.conf what the tests compare: which location takes a path, and how large a body."""

import re
from collections.abc import Callable
from pathlib import Path

_UNITS = {"k": 1024, "m": 1024**2, "g": 1024**3}


def limits_of(path: Path) -> Callable[[str], int]:
    """The limit for a path, by nginx's own order: exact, then regular expressions, then prefixes."""
    text = re.sub(r"#.*", "", path.read_text())
    general = _limit(text[: text.index("location")]) or 1024**2
    places = [
        (kind.strip(), pattern, _limit(body) or general)
        for kind, pattern, body in re.findall(r"location (= |~ |)(\S+) \{([^}]*)\}", text)
    ]

    def limit_of(asked: str) -> int:
        for kind, pattern, limit in places:
            if kind == "=" and pattern == asked:
                return limit
        for kind, pattern, limit in places:
            if kind == "~" and re.search(pattern, asked):
                return limit
        prefixes = [place for place in places if not place[0] and asked.startswith(place[1])]
        return max(prefixes, key=lambda place: len(place[1]))[2]

    return limit_of


def _limit(text: str) -> int:
    found = re.search(r"client_max_body_size (\d+)([kmg]);", text)
    return int(found[1]) * _UNITS[found[2]] if found else 0
