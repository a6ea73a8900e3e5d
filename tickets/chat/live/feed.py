"""The feed's numbers: given to rows once they are committed, by whoever looks.

Writers never wait for each other. The price is here: one at a time gives numbers, in the order of
the rows' keys, so that who has been told number 7 will never be shown a 6.
"""

from collections.abc import Sequence
from datetime import timedelta

from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone

from config.database.locks import transaction_lock
from tickets.models import ChatFeedEntry

KEPT = timedelta(days=7)
NUMBERED_AT_ONCE = 1000
PURGED_AT_ONCE = 5000
# The statement of both databases. A committed row that is not seen yet gets a later number.
_NUMBER = """
UPDATE tickets_chatfeedentry AS entry SET seq = newest.seq + fresh.place
FROM (
    SELECT id, row_number() OVER (ORDER BY id) AS place
    FROM (SELECT id FROM tickets_chatfeedentry WHERE seq IS NULL ORDER BY id LIMIT %s) AS waiting
) AS fresh,
(SELECT coalesce(max(seq), 0) AS seq FROM tickets_chatfeedentry) AS newest
WHERE entry.id = fresh.id
"""


def number_new() -> None:
    """Gives a number to every committed entry that has none."""
    while ChatFeedEntry.objects.filter(seq__isnull=True).exists():
        _number_some()


@transaction.atomic
def _number_some() -> None:
    transaction_lock("tickets.chat.feed")
    with connection.cursor() as cursor:
        cursor.execute(_NUMBER, [NUMBERED_AT_ONCE])


def entries_after(seq: int, at_most: int) -> Sequence[ChatFeedEntry]:
    """The next numbered entries, in their order."""
    return list(ChatFeedEntry.objects.filter(seq__gt=seq).order_by("seq")[:at_most])


def current_seq() -> int:
    """The newest number; 0 before the first."""
    return ChatFeedEntry.objects.aggregate(newest=Max("seq"))["newest"] or 0


def purge() -> int:
    """Deletes what nobody will ask for any more; returns how many entries.

    The newest stays whatever its age: numbers go on from it.
    """
    number_new()  # where nobody follows, nobody has
    old = ChatFeedEntry.objects.filter(
        created_at__lt=timezone.now() - KEPT, seq__lt=current_seq()
    ).order_by("seq")
    done = 0
    while keys := list(old.values_list("pk", flat=True)[:PURGED_AT_ONCE]):
        done += ChatFeedEntry.objects.filter(pk__in=keys).delete()[0]
    return done
