"""Signed links: a ticket's page without a login, for a while (contract.md §4).

A token says which ticket, for whom and since when. It is made short by hand: 32 characters fit into
the blank of an SMS template, for which providers allow 35.
"""

import hmac
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.conf import settings
from django.utils import timezone
from django.utils.crypto import salted_hmac

from config.runtime import store
from tickets.models import Ticket

SALT = "tickets.link"
# 13 bytes are said, 11 prove it: 24 bytes are 32 characters with no bit to spare, so each token is
# written in one way only.
_TICKET, _EPOCH, _TIME, _AUDIENCE, _PROOF = 5, 3, 4, 1, 11
_LENGTH = 32


class Audience(StrEnum):
    """Whom a link was made for: colleagues read, the customer also answers and rates."""

    GROUP = "group"
    CUSTOMER = "customer"


_LETTERS = {Audience.GROUP: b"g", Audience.CUSTOMER: b"c"}


@dataclass(frozen=True)
class Opened:
    """What an untouched, unexpired token says; `epoch` is still to be compared with the ticket's."""

    ticket_id: int
    epoch: int
    audience: Audience
    issued_at: int


def ticket_url(ticket: Ticket, audience: str = Audience.GROUP) -> str:
    """An absolute URL of the ticket's page, good until it expires or is revoked."""
    return f"{settings.APP_DOMAIN}/t/{token_of(ticket, audience)}"


def token_of(ticket: Ticket, audience: str) -> str:
    said = (
        ticket.pk.to_bytes(_TICKET)
        + ticket.link_epoch.to_bytes(_EPOCH)
        + int(time.time()).to_bytes(_TIME)
        + _LETTERS[Audience(audience)]
    )
    return urlsafe_b64encode(said + _proof(said)).decode()


def opened(token: str) -> Opened | None:
    """None for what is forged, altered or expired."""
    try:
        raw = urlsafe_b64decode(token)
    except ValueError:
        return None
    if len(token) != _LENGTH or urlsafe_b64encode(raw).decode() != token:
        return None
    said, proof = raw[:-_PROOF], raw[-_PROOF:]
    if not hmac.compare_digest(proof, _proof(said)):
        return None
    letters = {letter: audience for audience, letter in _LETTERS.items()}
    found = Opened(
        ticket_id=int.from_bytes(said[:_TICKET]),
        epoch=int.from_bytes(said[_TICKET : _TICKET + _EPOCH]),
        issued_at=int.from_bytes(said[-_TIME - _AUDIENCE : -_AUDIENCE]),
        audience=letters[said[-_AUDIENCE:]],
    )
    age = time.time() - found.issued_at
    return found if age <= lifetime(found.audience).total_seconds() else None


def lifetime(audience: str) -> timedelta:
    """By the runtime setting `ticket.link_hours`, which holds for links that are out already too."""
    return timedelta(hours=store.get("ticket.link_hours")[audience])


def expires_at(audience: str) -> datetime:
    """When a link made now expires."""
    return timezone.now().replace(microsecond=0) + lifetime(audience)


def _proof(said: bytes) -> bytes:
    return salted_hmac(SALT, said, algorithm="sha256").digest()[:_PROOF]
