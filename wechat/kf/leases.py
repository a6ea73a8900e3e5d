"""Who reads an account: one at a time, by lease, fenced in each page's transaction."""

import secrets
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import F, Q

from config.database import clock
from messaging.channels.base import Outcome, Result
from wechat.models import KfAccount

# Longer than a call may take; each page renews it.
LEASE_SECONDS = 40
# A passing trouble is looked at again so soon.
PAUSE_SECONDS = 5
# What somebody has to mend is asked for less often.
FAULT_SECONDS = 300


@dataclass(frozen=True)
class Lease:
    account_id: int
    token: str


def take(account_id: int) -> Lease | None:
    """None when nothing is wanted, somebody reads already, or the platform said not yet."""
    now = clock.now()
    lease = Lease(account_id, secrets.token_hex(16))
    free = Q(lease_until=None) | Q(lease_until__lte=now)
    taken = KfAccount.objects.filter(
        free, pk=account_id, is_active=True, wanted__gt=F("read")
    ).update(lease=lease.token, lease_until=now + timedelta(seconds=LEASE_SECONDS))
    return lease if taken else None


def finish(lease: Lease, seen: int) -> bool:
    """Everything up to the doorbell `seen` has been read; True when it has rung again since."""
    held = KfAccount.objects.filter(pk=lease.account_id, lease=lease.token)
    if not held.update(read=seen, lease="", lease_until=None, error="", synced_at=clock.now()):
        return False
    return is_wanted(lease.account_id)


def hand_on(lease: Lease) -> None:
    """There is more, for the next task."""
    held = KfAccount.objects.filter(pk=lease.account_id, lease=lease.token)
    held.update(lease="", lease_until=None)


def refused(lease: Lease, result: Result) -> None:
    """The platform did not answer, or did not want to: when it may be asked again, and why."""
    wait: float = PAUSE_SECONDS
    if result.outcome == Outcome.THROTTLED:
        wait = result.retry_after_seconds or 60.0
    elif result.outcome == Outcome.PERMANENT:
        wait = FAULT_SECONDS
    KfAccount.objects.filter(pk=lease.account_id, lease=lease.token).update(
        lease="",
        lease_until=clock.now() + timedelta(seconds=wait),
        error=f"{result.detail}（{result.code}）"[:200],
    )


def is_wanted(account_id: int) -> bool:
    return KfAccount.objects.filter(pk=account_id, wanted__gt=F("read")).exists()


def due() -> list[int]:
    """Accounts that wait to be read and that nobody reads."""
    now = clock.now()
    free = Q(lease_until=None) | Q(lease_until__lte=now)
    rows = KfAccount.objects.filter(free, is_active=True, wanted__gt=F("read"))
    return list(rows.order_by("pk").values_list("pk", flat=True))
