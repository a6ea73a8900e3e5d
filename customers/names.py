"""Names as strangers give them."""

from unicodedata import category

# Control characters, those that turn the text around them, and what is no character.
_UNSEEN = frozenset(("Cc", "Cf", "Cs", "Co", "Cn"))


def seen(name: str) -> str:
    """What a reader sees of it, on one line: it stands beside other words in lists and messages."""
    return " ".join("".join(c for c in name if c.isspace() or category(c) not in _UNSEEN).split())
