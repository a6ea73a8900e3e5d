"""Who is talked with: one session an address, begun anew when nobody has spoken for a while."""

from datetime import datetime, timedelta

from customers.models import Customer
from tickets.assistant import settings
from tickets.models import AssistantSession


def session_held(
    *, entry: str, entry_account: str, address: str, customer: Customer, now: datetime
) -> AssistantSession:
    """The session there, empty if it had expired; the caller holds the address's lock."""
    session = AssistantSession.objects.filter(
        entry=entry, entry_account=entry_account, address=address
    ).first()
    if session is None:
        session = AssistantSession(
            entry=entry, entry_account=entry_account, address=address, started_at=now
        )
    elif session.expires_at <= now:
        forget(session)
        session.started_at, session.turn_count = now, 0
    session.customer = customer
    prolong(session, now)
    session.save()
    return session


def prolong(session: AssistantSession, now: datetime) -> None:
    session.expires_at = now + timedelta(minutes=settings.assistant()["session_minutes"])


def forget(session: AssistantSession) -> None:
    """What was learned and asked is over; the caller saves."""
    session.intent, session.slots, session.misses = "", {}, 0
