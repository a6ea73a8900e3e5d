"""Circuits: when an account's provider refuses everything, its messages wait instead of burning.

State is a row (one truth for all workers, read again once a second); failures are counted in each
process. Who opens a circuit announces it, once (guarantees.md 6).
"""

import math
import threading
import time
from collections import defaultdict, deque
from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.db.models.functions import Now

from config.database import clock
from config.events.publish import publish
from config.logs import get_logger
from config.runtime import store
from messaging.channels.base import Outcome, Result
from messaging.models import ChannelCircuit

logger = get_logger(__name__)

SNAPSHOT_SECONDS = 1.0
LONGEST_SECONDS = 600
# How long the one message that looks whether it works again may take.
PROBE_SECONDS = 20.0
_WINDOW = 200

_lock = threading.Lock()
_open: dict[str, ChannelCircuit] = {}
_read_at: float | None = None
_outcomes: dict[str, deque[tuple[float, bool]]] = defaultdict(lambda: deque(maxlen=_WINDOW))


def key_of(channel: str, account_id: int | None) -> str:
    return f"{channel}:{account_id or 0}"


def places(key: str) -> tuple[float, float]:
    """How many messages of `key` may go now, and how many seconds the others wait.

    All of them while the circuit is closed. Once an open one's time is over, one caller may send
    one message to look whether it works again.
    """
    circuit = _snapshot().get(key)
    if circuit is None:
        return math.inf, 0.0
    left = ((circuit.open_until or clock.now()) - clock.now()).total_seconds()
    if left > 0:
        return 0, left
    taken = ChannelCircuit.objects.filter(key=key, is_open=True, open_until__lte=Now()).update(
        open_until=Now() + timedelta(seconds=PROBE_SECONDS)
    )
    forget()
    return (1 if taken else 0), PROBE_SECONDS


def observe(key: str, results: Iterable[Result]) -> None:
    """Takes in how attempts ended: opens the circuit, keeps it open longer, or closes it."""
    tried = [result for result in results if result.was_tried]
    if not tried:
        return
    fault = next((result for result in tried if result.is_account_fault), None)
    if fault is not None:
        _open_circuit(key, fault)
        return
    failures = [r for r in tried if r.outcome in (Outcome.RETRY, Outcome.UNCERTAIN)]
    if len(failures) < len(tried) and key in _snapshot():
        circuit_close(key)
    if _is_failing(key, tried) and failures:
        _open_circuit(key, failures[-1])


def forget() -> None:
    """The next look asks the database; counted failures are dropped with `forget_outcomes`."""
    global _read_at
    with _lock:
        _read_at = None


def forget_outcomes() -> None:
    _outcomes.clear()


def _is_failing(key: str, tried: list[Result]) -> bool:
    """Whether the share of failures in the window has reached the setting."""
    rule = store.get("circuit")
    now = time.monotonic()
    log = _outcomes[key]
    for result in tried:
        log.append((now, result.outcome not in (Outcome.RETRY, Outcome.UNCERTAIN)))
    recent = [good for at, good in log if at > now - rule["window_seconds"]]
    bad = recent.count(False)
    return bool(bad >= rule["min_failures"] and bad >= rule["failure_share"] * len(recent))


@transaction.atomic
def _open_circuit(key: str, result: Result) -> None:
    seconds = store.get("circuit")["open_seconds"]
    circuit, _ = ChannelCircuit.objects.select_for_update().get_or_create(key=key)
    was_open = circuit.is_open
    if was_open:
        probe_failed = circuit.open_until is None or circuit.open_until <= (
            clock.now() + timedelta(seconds=PROBE_SECONDS)
        )
        if not probe_failed:
            return
        circuit.open_seconds = min(LONGEST_SECONDS, circuit.open_seconds * 2)
    else:
        circuit.open_seconds = seconds
        circuit.opened_at = clock.now()
    circuit.is_open = True
    circuit.open_until = clock.now() + timedelta(seconds=circuit.open_seconds)
    circuit.code, circuit.detail = result.code[:64], result.detail[-500:]
    circuit.save()
    _outcomes.pop(key, None)
    if not was_open:
        logger.error("circuit_opened", key=key, code=result.code)
        publish("messaging.circuit.opened", {"key": key, "code": result.code})
    transaction.on_commit(forget)


@transaction.atomic
def circuit_close(key: str) -> None:
    """Lets messages go again: a look went well, or an operator says so."""
    closed = ChannelCircuit.objects.filter(key=key, is_open=True).update(
        is_open=False, open_until=None
    )
    if closed:
        logger.warning("circuit_closed", key=key)
        publish("messaging.circuit.closed", {"key": key})
    _outcomes.pop(key, None)
    transaction.on_commit(forget)


def _snapshot() -> dict[str, ChannelCircuit]:
    global _open, _read_at
    with _lock:
        now = time.monotonic()
        if _read_at is None or now - _read_at >= SNAPSHOT_SECONDS:
            _open = {row.key: row for row in ChannelCircuit.objects.filter(is_open=True)}
            _read_at = now
        return _open
