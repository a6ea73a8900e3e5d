"""A form sent twice, by a double click or a reload, is one act (guarantees.md 5)."""

import hashlib
import json
import secrets
from collections.abc import Callable

from django.db import transaction

from config.api.idempotency_record import IdempotencyRecord
from config.database.locks import transaction_lock

PRINCIPAL = "page"


def new_token() -> str:
    """Goes into the form, and comes back with it."""
    return secrets.token_urlsafe(16)


@transaction.atomic
def once(what: list[str], act: Callable[[], int]) -> tuple[int, bool]:
    """What `act` answered, now or the first time, and whether it was now.

    `what` is all that makes two sendings the same one: the form's token and what was typed. The
    record is written in the act's transaction and kept for a day.
    """
    key = hashlib.sha256(json.dumps(what).encode()).hexdigest()
    transaction_lock(f"page.once:{key}")
    known = IdempotencyRecord.objects.filter(principal=PRINCIPAL, key=key).first()
    if known is not None:
        return int(known.body), False
    answer = act()
    IdempotencyRecord.objects.create(
        principal=PRINCIPAL, key=key, request_hash=key, status_code=303, body=str(answer)
    )
    return answer, True
