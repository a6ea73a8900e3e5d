"""The sending pool: one event loop and one HTTP session a thread, as many calls at once as needed.

The elastic part is `message_sender` of the runtime settings: between `core_pool_size` and
`max_pool_size`, up when more than `scale_up_threshold` of it is in use, down below
`scale_down_threshold` (seed 000).
"""

import asyncio
import math
import threading
import time
import traceback
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import aiohttp

from config.logs import get_logger
from config.processes.ending import is_ending
from messaging.channels.base import Channel, Outbound, Outcome, Result
from messaging.channels.closing import close_kept
from messaging.sending.brakes import Ready
from messaging.sending.claim import EXPIRED_CODE, EXPIRED_DETAIL, LEASE_SECONDS
from messaging.sending.results import Finished

logger = get_logger(__name__)

# A wave must end, and be written down, well within its lease.
WAVE_SECONDS = LEASE_SECONDS - 15
# Less time than this is not worth starting a call in.
SHORTEST_CALL_SECONDS = 0.2
# Shorter than any server's: a connection that is closed just as we use it makes a send uncertain.
KEEPALIVE_SECONDS = 3.0
# A call is timed as a whole, here: the session has no clock of its own.
CALL_SECONDS = 15.0
# How often the clock looks.
LOOK_SECONDS = 0.2
TIMEOUT = aiohttp.ClientTimeout(total=None, sock_connect=3)
GROWTH = 1.5

_own = threading.local()


@dataclass
class Pool:
    """How many calls this process makes at once, and at most; `busy` is how many at the last wave."""

    size: int = 0
    busy: int = 0
    most: int = 0

    def adapt(self, wanted: int, rule: dict[str, Any]) -> int:
        """The size for a wave of `wanted` calls, after the settings in force."""
        core: int = rule["core_pool_size"]
        most = max(core, int(rule["max_pool_size"]))
        size = min(max(self.size, core), most)
        use = min(wanted, size) / size
        if use > rule["scale_up_threshold"]:
            size = min(most, max(size + 1, int(size * GROWTH)))
        elif use < rule["scale_down_threshold"]:
            size = max(core, int(size / GROWTH))
        self.size, self.busy, self.most = size, min(wanted, size), most
        return size


pool = Pool()


@dataclass(slots=True, eq=False)
class _Lane:
    """A task that makes one call after the other, and when its present call has to be over."""

    task: "asyncio.Task[None] | None" = None
    until: float = math.inf
    is_late: bool = False


@dataclass(frozen=True, slots=True)
class _Call:
    """What goes to the provider at once: one message, or several that may share a call."""

    channel: Channel
    items: Sequence[Ready]


def send_all(
    ready: Sequence[Ready], rule: dict[str, Any], resend: Collection[str] = ()
) -> list[Finished]:
    """Sends all of them, as many at once as the pool allows; every one gets a result.

    `resend`: channels on which silence means another attempt, whatever it doubles.
    """
    calls = _calls(ready)
    size = pool.adapt(len(calls), rule)
    try:
        return _runner().run(_send(calls, size, resend))
    finally:
        pool.busy = 0


def _calls(ready: Sequence[Ready]) -> list[_Call]:
    by_channel: dict[str, list[Ready]] = {}
    for item in ready:
        by_channel.setdefault(item.row.channel, []).append(item)
    calls: list[_Call] = []
    for items in by_channel.values():
        channel = items[0].channel
        by_pk = {item.outbound.pk: item for item in items}
        calls += [
            _Call(channel, [by_pk[outbound.pk] for outbound in together])
            for together in channel.calls([item.outbound for item in items])
        ]
    return calls


async def _send(calls: Sequence[_Call], size: int, resend: Collection[str]) -> list[Finished]:
    http = _session()
    deadline = time.monotonic() + WAVE_SECONDS
    finished: list[Finished] = []
    waiting = iter(calls)
    lanes = [_Lane() for _ in range(min(size, len(calls)))]
    clock = asyncio.create_task(_watch(lanes))
    try:
        await asyncio.gather(
            *[_work(lane, waiting, http, deadline, finished, resend) for lane in lanes]
        )
    finally:
        clock.cancel()
    return finished


async def _watch(lanes: Sequence[_Lane]) -> None:
    """Ends calls that take too long: one clock for all, where a timer for each costs a few percent."""
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        now = time.monotonic()
        for lane in lanes:
            if lane.until < now and lane.task is not None:
                lane.until, lane.is_late = math.inf, True
                lane.task.cancel()


async def _work(
    lane: _Lane,
    calls: Iterator[_Call],
    http: aiohttp.ClientSession,
    deadline: float,
    finished: list[Finished],
    resend: Collection[str],
) -> None:
    """Makes one call after the other until none is left."""
    lane.task = asyncio.current_task()
    for due in calls:
        started_at, started = time.time(), time.monotonic()
        call = _in_time(due, finished)
        if not call.items:
            continue
        try:
            results = await _answer(lane, call, http, deadline - started, resend)
        except Exception:
            results = [poison(item.outbound) for item in call.items]
        duration_ms = int((time.monotonic() - started) * 1000)
        for item, result in zip(call.items, results, strict=True):
            finished.append(
                Finished(item.row, result, item.outbound, started_at, duration_ms, item.is_probe)
            )


def _in_time(call: _Call, finished: list[Finished]) -> _Call:
    """Without those that became too late while they waited for their turn (guarantees.md 15)."""
    late = [item for item in call.items if item.row.is_too_late]
    if not late:
        return call
    result = Result(Outcome.EXPIRED, EXPIRED_CODE, EXPIRED_DETAIL, was_tried=False)
    finished.extend(Finished(item.row, result, item.outbound) for item in late)
    return _Call(call.channel, [item for item in call.items if not item.row.is_too_late])


async def _answer(
    lane: _Lane,
    call: _Call,
    http: aiohttp.ClientSession,
    seconds: float,
    resend: Collection[str],
) -> list[Result]:
    """The provider's answer within `seconds`, or what its silence means."""
    outbounds = [item.outbound for item in call.items]
    if (kept_back := _kept_back(seconds)) is not None:
        return [kept_back] * len(outbounds)
    lane.until = time.monotonic() + min(seconds, CALL_SECONDS)
    try:
        if len(outbounds) == 1:
            return [await call.channel.send(outbounds[0], http)]
        return await call.channel.send_together(outbounds, http)
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
        return [Result(Outcome.RETRY, "connection_failed", "连不上平台")] * len(outbounds)
    except (TimeoutError, aiohttp.ClientConnectionError, aiohttp.ClientPayloadError):
        return [_silence(call.channel, outbound, resend) for outbound in outbounds]
    except asyncio.CancelledError:
        if not lane.is_late or lane.task is None:
            raise
        lane.is_late = False
        lane.task.uncancel()
        return [_silence(call.channel, outbound, resend) for outbound in outbounds]
    finally:
        lane.until = math.inf


def _kept_back(seconds: float) -> Result | None:
    """Why no call may begin any more; what was not tried goes back and costs nothing."""
    if is_ending():
        code, why = "worker_ends", "发送进程正在停止，由其他进程发送"
    elif seconds < SHORTEST_CALL_SECONDS:
        code, why = "wave_over", "平台过慢，稍后再发"
    else:
        return None
    return Result(Outcome.THROTTLED, code, why, retry_after_seconds=0.0, was_tried=False)


def _silence(channel: Channel, outbound: Outbound, resend: Collection[str]) -> Result:
    """The request had been written: it may have been delivered (guarantees.md 4)."""
    if channel.is_idempotent(outbound) or channel.code in resend:
        return Result(Outcome.RETRY, "no_answer", "平台没有应答，将重发")
    return Result(Outcome.UNCERTAIN, "no_answer", "平台没有应答，可能已送达，请人工确认")


def poison(outbound: Outbound) -> Result:
    """A poison message fails alone (guarantees.md 9); its traceback is the operator's to read."""
    trace = traceback.format_exc()
    logger.error("message_poison", message_id=outbound.message_id, exception=trace)
    return Result(Outcome.PERMANENT, "unforeseen", trace)


def _runner() -> asyncio.Runner:
    """This thread's own event loop, kept between chunks; a fork begins without one."""
    runner: asyncio.Runner | None = getattr(_own, "runner", None)
    if runner is None:
        runner = asyncio.Runner(loop_factory=_loop_factory())
        _own.runner = runner
    return runner


def run_call(coroutine: Any) -> Any:
    """Runs one coroutine of a channel, such as `verify`, on this thread's loop."""
    return _runner().run(coroutine)


def session() -> aiohttp.ClientSession:
    """This loop's HTTP session; only inside a coroutine of `run_call`."""
    return _session()


def _session() -> aiohttp.ClientSession:
    """This loop's HTTP connections, kept too: a new session a chunk costs a third (performance.md)."""
    session: aiohttp.ClientSession | None = getattr(_own, "session", None)
    if session is None or session.closed:
        session = aiohttp.ClientSession(
            timeout=TIMEOUT,
            connector=aiohttp.TCPConnector(
                limit=0, ttl_dns_cache=300, keepalive_timeout=KEEPALIVE_SECONDS
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
        )
        _own.session = session
    return session


def close() -> None:
    """Closes this thread's connections and loop; called when a worker stops."""
    session: aiohttp.ClientSession | None = getattr(_own, "session", None)
    runner: asyncio.Runner | None = getattr(_own, "runner", None)
    if runner is not None:
        runner.run(close_kept())
        if session is not None:
            runner.run(session.close())
        runner.close()
    _own.__dict__.clear()
    pool.size = pool.most = 0


def _loop_factory() -> "type[asyncio.AbstractEventLoop] | None":
    """uvloop where it exists: a third faster than the standard loop (celery-rabbitmq.md)."""
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.Loop
