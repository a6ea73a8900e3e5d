"""Locks that live exactly as long as a transaction."""

import hashlib
from collections.abc import Collection

from django.db import connection


def _lock_number(name: str) -> int:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)


def transaction_lock(name: str, *, is_shared: bool = False) -> None:
    """Waits until no other transaction holds `name`; released at commit or rollback.

    Shared holders wait for the one that is not, not for each other. SQLite needs no lock: its
    IMMEDIATE transactions run one after the other.
    """
    if connection.vendor == "postgresql":
        function = "pg_advisory_xact_lock_shared" if is_shared else "pg_advisory_xact_lock"
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {function}(%s)", [_lock_number(name)])


def transaction_locks(names: Collection[str]) -> None:
    """`transaction_lock` for each, in one order for everybody, with one statement."""
    if connection.vendor == "postgresql" and names:
        numbers = sorted({_lock_number(name) for name in names})
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(n) FROM unnest(%s::bigint[]) AS n", [numbers]
            )


def try_transaction_lock(name: str) -> bool:
    """Like `transaction_lock`, but answers False at once when another transaction holds it."""
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_lock_number(name)])
        row = cursor.fetchone()
    return bool(row and row[0])
