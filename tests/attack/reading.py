"""Reading a page as a browser would, and telling what of it came out of a payload."""

import json
from html.parser import HTMLParser
from urllib.parse import unquote

from tests.attack.payloads import EVALUATED, MARK

# What a browser follows, loads or sends to.
ADDRESSES = frozenset(
    ["href", "src", "action", "formaction", "data", "poster", "srcset", "ping", "xlink:href"]
)
FOLLOWED = ("http://", "https://", "/", "?", "#", "mailto:", "tel:", "data:image/")
# Expressions that the admin's theme evaluates, handlers, and what would be parsed again.
_CODE = ("on", "x-", "@", ":", "hx-", "style", "srcdoc")
# Alpine's and htmx's attributes that take words, not expressions.
_WORDS = frozenset(["x-ref", "x-id", "hx-get", "hx-post", "hx-target", "hx-select"])
JSON_TYPES = frozenset(["application/json", "importmap"])


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._script: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if MARK in tag:
            self.found.append(f"<{tag}>")
        given = dict(attrs)
        if tag == "script":
            self._script = given.get("type") or "text/javascript"
        if tag == "meta" and (given.get("http-equiv") or "").lower() == "refresh":
            self.found.append(f"<meta refresh {given}>")
        for name, value in given.items():
            self._read(tag, name, value or "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag == "script":
            self._script = None

    def handle_data(self, data: str) -> None:
        if self._script is None:
            if EVALUATED in data:
                self.found.append(f"evaluated: {data[:80]}")
        elif self._script in JSON_TYPES:
            try:
                json.loads(data)
            except ValueError:
                self.found.append(f"broken JSON in a script: {data[:80]}")
        elif MARK in data:
            self.found.append(f"in a script: {data[:80]}")

    def handle_comment(self, data: str) -> None:
        if MARK in data:
            self.found.append(f"<!--{data[:80]}-->")

    def _read(self, tag: str, name: str, value: str) -> None:
        if MARK in name:
            self.found.append(f"<{tag} {name}>")
        if MARK not in unquote(value):
            return
        is_code = name.startswith(_CODE) and name not in _WORDS
        is_followed = name in ADDRESSES and value.strip().lower().startswith(FOLLOWED)
        if is_code or (name in ADDRESSES and not is_followed):
            self.found.append(f'<{tag} {name}="{value[:80]}">')


def born_in(html: str) -> list[str]:
    """The elements, attributes and scripts of a page that only a payload can have made."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    # As the server wrote it, whatever a parser makes of it: no payload stands anywhere with its brackets.
    raw = [part for part in (f"<{MARK}", f"<script>{MARK}") if part in html]
    return reader.found + [f"not escaped: {part}" for part in raw]
