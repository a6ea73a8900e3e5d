"""Addresses that others told us, before they become links: `javascript:` and the like never do."""

from urllib.parse import urlsplit


def followable(address: str) -> str:
    """The address if it leads to the web; else an empty text."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return address if parts.scheme in ("http", "https") and parts.netloc else ""
