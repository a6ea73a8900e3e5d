"""The signed link of a ticket's card: read without a login, for a while (contract.md §4)."""

from django.conf import settings
from django.core import signing

SALT = "tickets.link"
LIFETIME_SECONDS = 7 * 24 * 3600


def ticket_url(ticket_id: int) -> str:
    """An absolute URL that opens the ticket's page for a week."""
    return f"{settings.APP_DOMAIN}/t/{signing.dumps(ticket_id, salt=SALT)}"


def ticket_id_of(token: str) -> int | None:
    """The ticket that an untouched, unexpired token names."""
    try:
        value = signing.loads(token, salt=SALT, max_age=LIFETIME_SECONDS)
    except signing.BadSignature:
        return None
    return value if isinstance(value, int) else None
