"""Sending a chunk: claim a wave, send it concurrently, write it down, take the next.

Knows no Celery: a task, a command and a test call the same `send_chunk`.
"""

import asyncio
import threading
import time
import traceback
from collections.abc import Sequence

import aiohttp

from config.logs import get_logger
from config.runtime import store
from messaging.channels import registry
from messaging.channels.base import Channel, Outbound, Outcome, Result
from messaging.channels.registry import UnknownChannelError
from messaging.sending import limits
from messaging.sending.claim import LEASE_SECONDS, claim, expire_overdue
from messaging.sending.results import Finished, flush

logger = get_logger(__name__)

# A kill doubles at most one wave (guarantees.md 3).
WAVE_SIZE = 100
# A wave must end, and be written down, well within its lease.
WAVE_SECONDS = LEASE_SECONDS - 15
# Less time than this is not worth starting a call in.
SHORTEST_CALL_SECONDS = 0.2
# Shorter than any server's: a connection that is closed just as we use it makes a send uncertain.
KEEPALIVE_SECONDS = 3.0
TIMEOUT = aiohttp.ClientTimeout(total=15, sock_connect=3)

_own = threading.local()


def send_chunk(ids: Sequence[int]) -> int:
    """Sends those of `ids` that are due; returns how many attempts were made.

    Nothing unforeseen in one message stops the others: it fails alone, with its traceback.
    """
    made = 0
    expire_overdue(ids)
    for start in range(0, len(ids), WAVE_SIZE):
        claimed = claim(ids[start : start + WAVE_SIZE])
        # Limits ask Redis and the runtime settings, so they are settled before the loop runs.
        admitted: list[Outbound] = []
        finished: list[Finished] = []
        for outbound in claimed.outbounds:
            refusal = _refusal(outbound)
            if refusal is None:
                admitted.append(outbound)
            else:
                finished.append(Finished(outbound, refusal, 0))
        if admitted:
            pool_size = store.get("message_sender")["core_pool_size"]
            finished += _runner().run(_send_wave(admitted, pool_size))
        made += flush(claimed.token, finished)
    return made


def _refusal(outbound: Outbound) -> Result | None:
    """Why a message may not go now: a limit is used up, or its channel cannot take it."""
    try:
        for limit in registry.get(outbound.channel).limits(outbound):
            wait = limits.take(limit)
            if wait > 0:
                return Result(
                    Outcome.THROTTLED,
                    "local_limit",
                    f"等待平台限额：{wait:.0f} 秒后再发",
                    retry_after_seconds=wait,
                    was_tried=False,
                )
    except UnknownChannelError:
        return Result(Outcome.PERMANENT, "unknown_channel", "这个渠道没有启用")
    except Exception:
        return _poison(outbound)
    return None


def _poison(outbound: Outbound) -> Result:
    """A poison message fails alone (guarantees.md 9); its traceback is the operator's to read."""
    trace = traceback.format_exc()
    logger.error("message_poison", message_id=outbound.message_id, exception=trace)
    return Result(Outcome.PERMANENT, "unforeseen", trace)


async def _send_wave(outbounds: Sequence[Outbound], pool_size: int) -> list[Finished]:
    slots = asyncio.Semaphore(pool_size)
    http = _session()
    deadline = time.monotonic() + WAVE_SECONDS

    async def attempt(outbound: Outbound) -> Finished:
        async with slots:
            started = time.monotonic()
            try:
                channel = registry.get(outbound.channel)
                result = await _call(channel, outbound, http, deadline - started)
            except Exception:
                result = _poison(outbound)
            return Finished(outbound, result, int((time.monotonic() - started) * 1000))

    return await asyncio.gather(*(attempt(outbound) for outbound in outbounds))


async def _call(
    channel: Channel, outbound: Outbound, http: aiohttp.ClientSession, seconds: float
) -> Result:
    """The provider's answer within `seconds`, or what its silence means."""
    if seconds < SHORTEST_CALL_SECONDS:
        # A slow provider has used up the wave; what was not tried goes back and costs nothing.
        return Result(
            Outcome.THROTTLED,
            "wave_over",
            "平台过慢，稍后再发",
            retry_after_seconds=0.0,
            was_tried=False,
        )
    try:
        async with asyncio.timeout(seconds):
            return await channel.send(outbound, http)
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
        return Result(Outcome.RETRY, "connection_failed", "连不上平台")
    except (TimeoutError, aiohttp.ClientConnectionError, aiohttp.ClientPayloadError):
        # The request had been written: it may have been delivered (guarantees.md 4).
        if channel.is_idempotent(outbound):
            return Result(Outcome.RETRY, "no_answer", "平台没有应答，将以同一编号重发")
        return Result(Outcome.UNCERTAIN, "no_answer", "平台没有应答，可能已送达，请人工确认")


def _runner() -> asyncio.Runner:
    """This thread's own event loop, kept between chunks; a fork begins without one."""
    runner: asyncio.Runner | None = getattr(_own, "runner", None)
    if runner is None:
        runner = asyncio.Runner(loop_factory=_loop_factory())
        _own.runner = runner
    return runner


def _session() -> aiohttp.ClientSession:
    """This loop's HTTP connections, kept too: a new session a chunk costs a third (performance.md)."""
    session: aiohttp.ClientSession | None = getattr(_own, "session", None)
    if session is None or session.closed:
        session = aiohttp.ClientSession(
            timeout=TIMEOUT,
            connector=aiohttp.TCPConnector(
                limit=0, ttl_dns_cache=300, keepalive_timeout=KEEPALIVE_SECONDS
            ),
        )
        _own.session = session
    return session


def close() -> None:
    """Closes this thread's connections and loop; called when a worker stops."""
    session: aiohttp.ClientSession | None = getattr(_own, "session", None)
    runner: asyncio.Runner | None = getattr(_own, "runner", None)
    if runner is not None:
        if session is not None:
            runner.run(session.close())
        runner.close()
    _own.__dict__.clear()


def _loop_factory() -> "type[asyncio.AbstractEventLoop] | None":
    """uvloop where it exists: a third faster than the standard loop (celery-rabbitmq.md)."""
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.Loop
