"""Times as the platforms tell them."""

from datetime import UTC, datetime
from typing import Any

from config.whole_number import whole_number

# No platform means a later one; more digits would be no time at all.
_LATEST = 2**33


def moment(value: Any) -> datetime | None:
    """Seconds since 1970, as a number or its digits; None for what is no time."""
    seconds = whole_number(str(value or ""))
    if seconds is None or seconds >= _LATEST:
        return None
    return datetime.fromtimestamp(seconds, UTC)
