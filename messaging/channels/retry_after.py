"""How long a provider wants us away."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

# Where it does not say: the window of most limits.
RATE_WINDOW_SECONDS = 60.0
# A provider that wants us away for longer is asked again after this.
LONGEST_WAIT_SECONDS = 3600.0


def wait_of(retry_after: str | None) -> float:
    """`Retry-After` in seconds, given as such or as a date (RFC 9110 §10.2.3)."""
    text = retry_after or ""
    if text.isascii() and text.isdigit():
        return min(float(text[:9]), LONGEST_WAIT_SECONDS)
    try:
        until = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return RATE_WINDOW_SECONDS
    left = (until.replace(tzinfo=until.tzinfo or UTC) - datetime.now(UTC)).total_seconds()
    return min(max(left, 1.0), LONGEST_WAIT_SECONDS)
