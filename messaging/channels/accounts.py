"""Channel accounts as senders look them up: all of them, read again once they are two seconds old."""

import threading
import time
from dataclasses import dataclass, field

from messaging.models import ChannelAccount

SNAPSHOT_SECONDS = 2.0


@dataclass(frozen=True)
class Accounts:
    """`by_pk` has the inactive ones too: what was accepted for them is still theirs."""

    by_pk: dict[int, ChannelAccount] = field(default_factory=dict)

    def active(self, channel: str) -> list[ChannelAccount]:
        return [a for a in self.by_pk.values() if a.channel == channel and a.is_active]

    def default(self, channel: str) -> ChannelAccount | None:
        """The channel's default account, else its only one."""
        active = self.active(channel)
        chosen = [account for account in active if account.is_default]
        if not chosen and len(active) == 1:
            chosen = active
        return next(iter(chosen), None)

    def called(self, channel: str, text: str, setting: str) -> ChannelAccount | None:
        """The active account whose `settings[setting]`, else whose code, is `text`."""
        active = self.active(channel)
        named = [account for account in active if account.settings.get(setting) == text]
        coded = [account for account in active if account.code == text]
        return next(iter(named or coded), None)


_lock = threading.Lock()
_snapshot = Accounts()
_read_at: float | None = None


def accounts() -> Accounts:
    global _snapshot, _read_at
    with _lock:
        now = time.monotonic()
        if _read_at is None or now - _read_at >= SNAPSHOT_SECONDS:
            _snapshot = Accounts({row.pk: row for row in ChannelAccount.objects.order_by("pk")})
            _read_at = now
        return _snapshot


def forget() -> None:
    """The next look asks the database."""
    global _read_at
    with _lock:
        _read_at = None
