"""Sending a chunk: claim a wave, send it concurrently, write it down, take the next.

Knows no Celery: a task, a command and a test call the same `send_chunk`.
"""

import time
import traceback
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from config.errors import AppError
from config.logs import get_logger
from config.processes.ending import is_ending
from config.runtime import store
from messaging import telemetry
from messaging.channels.accounts import accounts
from messaging.channels.base import Outcome, Result
from messaging.channels.registry import UnknownChannelError
from messaging.models import MessageChunk
from messaging.opt_outs import unwanted_by_now
from messaging.sending import chunks, circuit, followed, gone, interrupted
from messaging.sending.brakes import Brakes, Ready
from messaging.sending.claim import (
    Claim,
    Claimed,
    claim,
    expire_overdue,
    interrupted_among,
)
from messaging.sending.consequences import write_down
from messaging.sending.pool import send_all
from messaging.sending.prepare import prepare, shared_variables
from messaging.sending.results import After, Finished

logger = get_logger(__name__)

# A kill doubles at most one wave (guarantees.md 3).
WAVE_SIZE = 100
# What a worker died with goes one by one, for so long in one task; the rest follows in the next.
ALONE_SECONDS = 60.0
# A chunk shows this often that somebody works on it.
LIFE_SECONDS = 5.0


def send_chunk(chunk_pk: int) -> int:
    """Sends what is due in the chunk; returns how many attempts were written down.

    Nothing unforeseen in one message stops the others: it fails alone, with its traceback. A chunk
    that has ended already is nothing to do.
    """
    chunk = MessageChunk.objects.select_related("batch").filter(pk=chunk_pk).first()
    if chunk is None:
        return 0
    chunks.sign_of_life(chunk.pk)
    ended, done = _send(chunk.message_ids, chunk)
    chunks.finish(chunk, ended)
    return done


def send_messages(ids: Sequence[int]) -> int:
    """Sends what is due of these messages, whatever chunk they are in."""
    return _send(ids, None)[1]


def _send(ids: Sequence[int], chunk: MessageChunk | None) -> tuple[set[int], int]:
    """Wave after wave; which have ended for good, and how many attempts were written down."""
    if chunk is None or chunk.may_expire:
        expire_overdue(ids)
    batch_id = chunk.batch_id if chunk else None
    shared = shared_variables(batch_id) if batch_id else {}
    brakes = Brakes()
    seen = time.monotonic()
    ended: set[int] = set()
    done = 0
    for claimed in _claims(ids, batch_id):
        rows = _wave(claimed, shared, brakes)
        ended.update(row.finished.row.pk for row in rows if row.is_final)
        done += len(rows)
        if chunk is not None and time.monotonic() - seen > LIFE_SECONDS:
            chunks.sign_of_life(chunk.pk)
            seen = time.monotonic()
    return ended, done


def _claims(ids: Sequence[int], batch_id: int | None) -> Iterator[Claim]:
    """Wave after wave of what waits, then one by one what a worker died with.

    One of those may be what killed it: alone, it takes nobody with it (guarantees.md 9). A worker
    that must end claims nothing more: the rest of the chunk is another's (guarantees.md 12).
    """
    left: list[int] = []
    for at in range(0, len(ids), WAVE_SIZE):
        if is_ending():
            return
        wave = ids[at : at + WAVE_SIZE]
        claimed = claim(wave, batch_id)
        if len(claimed.rows) < len(wave):
            left += wave
        if claimed.rows:
            yield claimed
    end = time.monotonic() + ALONE_SECONDS
    for pk in interrupted_among(left) if left else ():
        if is_ending() or time.monotonic() > end:
            break
        claimed = claim([pk], batch_id, interrupted=True)
        if claimed.rows:
            yield claimed


def _wave(claimed: Claim, shared: Mapping[str, Any], brakes: Brakes) -> list[After]:
    claimed_at = time.time()
    ready, finished = _prepared(claimed, shared)
    try:
        admitted, refused = brakes.admit(ready)
    except Exception:
        # One channel's limits are broken: find out whose, one message at a time.
        admitted, refused = _admitted_one_by_one(ready, brakes)
    finished += [Finished(item.row, result, item.outbound) for item, result in refused]
    if admitted:
        finished += send_all(admitted, store.get("message_sender"), store.get("resend_uncertain"))
    rows = write_down(claimed.token, finished)
    _afterwards(rows, claimed_at)
    return rows


def _prepared(claimed: Claim, shared: Mapping[str, Any]) -> tuple[list[Ready], list[Finished]]:
    """What can be sent, and what cannot even be made."""
    rows = claimed.rows
    deadly = interrupted.deadly(rows) if claimed.was_interrupted else frozenset()
    known = accounts()
    unwanted = unwanted_by_now(rows)
    ready: list[Ready] = []
    finished: list[Finished] = []
    for row in rows:
        if row.pk in unwanted:
            finished.append(Finished(row, _failed("opted_out", "接收方已退订这个渠道")))
            continue
        try:
            if row.pk in deadly:
                raise _WorkerLost
            ready.append(Ready(row, *prepare(row, shared, known)))
        except _WorkerLost:
            finished.append(Finished(row, _failed(interrupted.CODE, interrupted.SET_ASIDE)))
        except UnknownChannelError:
            finished.append(Finished(row, _failed("unknown_channel", "这个渠道没有启用")))
        except AppError as error:
            finished.append(Finished(row, _failed(error.code, error.detail)))
        except Exception:
            finished.append(Finished(row, _poison(row)))
    return ready, finished


class _WorkerLost(Exception):
    """Two workers died with the message, the second with nothing else in hand."""


def _admitted_one_by_one(
    ready: Sequence[Ready], brakes: Brakes
) -> tuple[list[Ready], list[tuple[Ready, Result]]]:
    allowed: list[Ready] = []
    refused: list[tuple[Ready, Result]] = []
    for item in ready:
        try:
            one_allowed, one_refused = brakes.admit([item])
        except Exception:
            one_allowed, one_refused = [], [(item, _poison(item.row))]
        allowed += one_allowed
        refused += one_refused
    return allowed, refused


def _failed(code: str, detail: str) -> Result:
    return Result(Outcome.PERMANENT, code, detail)


def _poison(row: Claimed) -> Result:
    """A poison message fails alone (guarantees.md 9); its traceback is the operator's to read."""
    trace = traceback.format_exc()
    logger.error("message_poison", message_id=row.message_id, exception=trace)
    return _failed("unforeseen", trace)


def _afterwards(rows: Sequence[After], claimed_at: float) -> None:
    """What follows from results that are written down; none of it can undo them."""

    def key(row: After) -> str:
        return circuit.key_of(row.finished.row.channel, row.finished.row.account_id)

    for name, group in groupby(sorted(rows, key=key), key):
        circuit.observe(name, [row.finished.result for row in group])
    gone.forget(rows)
    followed.tell(
        (row.finished.row.pk, row.finished.row.dedupe_key) for row in rows if row.is_final
    )
    telemetry.record(rows, claimed_at)
