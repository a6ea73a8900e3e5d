"""Times as the platforms tell them."""

from datetime import UTC, datetime
from typing import Any

# No platform means a later one; more digits would be no time at all.
_LATEST = 2**33


def moment(value: Any) -> datetime | None:
    """Seconds since 1970, as a number or its digits; None for what is no time."""
    digits = str(value or "")
    if not (digits.isascii() and digits.isdigit() and len(digits) < 20 and int(digits) < _LATEST):
        return None
    return datetime.fromtimestamp(int(digits), UTC)
