"""Which entries there are."""

from config.errors import InvalidInputError
from tickets.chat.entries.base import ChatEntry

_entries: dict[str, ChatEntry] = {}


def register(entry: ChatEntry) -> None:
    """Called from an app's `ready()`; the same code again takes the place of the first."""
    _entries[entry.code] = entry


def get(code: str) -> ChatEntry:
    """Raises `InvalidInputError` for a code that nobody registered."""
    try:
        return _entries[code]
    except KeyError:
        raise InvalidInputError(
            f"没有名为 {code[:20]} 的会话入口", code="unknown_entry", attr="entry"
        ) from None


def label(code: str) -> str:
    """For people; the code itself where its entry is gone."""
    return _entries[code].label if code in _entries else code


def codes() -> list[str]:
    return sorted(_entries)


def reading_codes() -> list[str]:
    """Those where we can know what the customer got and read."""
    return sorted(code for code, entry in _entries.items() if entry.knows_reading)
