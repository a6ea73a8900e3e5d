"""The smart robot's long connection: the only way to speak first (wechat-protocol.md §3.3).

A robot has one connection, and a newer one kicks the older: a lock shared by all workers gives each
its turn, and a turn is one wave's messages.
"""

import asyncio
import json
import time
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import aiohttp
from django.core.cache import cache

from messaging.channels.base import Outcome, Result
from messaging.models import ChannelAccount
from wechat.channels.smart_robot.form import is_allowed_socket
from wechat.client.errors import WECOM, PlatformAnswer

ANSWER_SECONDS = 5.0
# No message is begun after this: a turn ends within one call's time (messaging/sending/pool.py).
BEGIN_SECONDS = 8.0
# Longer than any turn may take: a worker that died gives the robot back.
TURN_SECONDS = 20
BUSY = Result(
    Outcome.THROTTLED,
    "robot_busy",
    "机器人正由另一进程使用，稍后再发",
    retry_after_seconds=2.0,
    was_tried=False,
)
_TURN_OVER = Result(
    Outcome.THROTTLED,
    "turn_over",
    "平台过慢，稍后再发",
    retry_after_seconds=2.0,
    was_tried=False,
)
_LOST = Result(Outcome.UNCERTAIN, "connection_lost", "连接中断，可能已送达，请人工确认")
_NOT_TRIED = Result(Outcome.RETRY, "connection_lost", "连接中断，将重发")


class _Disconnected(Exception):
    """The platform closed the connection, or said nothing in time."""


async def push(
    http: aiohttp.ClientSession,
    account: ChannelAccount,
    messages: Sequence[tuple[str, Mapping[str, Any]]],
) -> list[Result]:
    """Sends each `(chat or member, body)` in turn over one connection; their results in order."""
    lock, owner = f"smart_robot:{account.pk}:connection", uuid.uuid4().hex
    if not cache.add(lock, owner, TURN_SECONDS):
        return [BUSY] * len(messages)
    try:
        return await _push(http, account, messages)
    finally:
        if cache.get(lock) == owner:
            cache.delete(lock)


async def subscribe_only(http: aiohttp.ClientSession, account: ChannelAccount) -> Result:
    """Proves the robot's id and secret, and says nothing to anybody."""
    found = await push(http, account, [("", {})])
    return found[0]


async def _push(
    http: aiohttp.ClientSession,
    account: ChannelAccount,
    messages: Sequence[tuple[str, Mapping[str, Any]]],
) -> list[Result]:
    url = str(account.settings.get("ws_url", ""))
    if not is_allowed_socket(url):
        refused = Result(Outcome.PERMANENT, "host_not_allowed", "长连接地址不在允许的主机名单内")
        return [refused] * len(messages)
    try:
        async with _staying(http) as own, own.ws_connect(url, max_msg_size=256 * 1024) as socket:
            entered = await _subscribe(socket, account)
            if entered is not None:
                return [entered] * len(messages)
            return await _send_all(socket, messages)
    except (aiohttp.WSServerHandshakeError, _Disconnected):
        return [_NOT_TRIED] * len(messages)


def _staying(http: aiohttp.ClientSession) -> aiohttp.ClientSession:
    """By the same connections, but nowhere else: `ws_connect` cannot be told to follow nothing."""
    trace = aiohttp.TraceConfig()
    trace.on_request_redirect.append(_refuse)
    return aiohttp.ClientSession(
        connector=http.connector, connector_owner=False, timeout=http.timeout, trace_configs=[trace]
    )


async def _refuse(*_: object) -> None:
    raise _Disconnected


async def _send_all(
    socket: aiohttp.ClientWebSocketResponse, messages: Sequence[tuple[str, Mapping[str, Any]]]
) -> list[Result]:
    results: list[Result] = []
    deadline = time.monotonic() + BEGIN_SECONDS
    for recipient, body in messages:
        if time.monotonic() > deadline:
            return results + [_TURN_OVER] * (len(messages) - len(results))
        if not recipient:
            results.append(Result(Outcome.SENT))
            continue
        try:
            answer = await _ask(socket, "aibot_send_msg", {"chatid": recipient, **body})
        except _Disconnected:
            # The one under way may have arrived; those behind it were never written.
            results.append(_LOST)
            break
        results.append(WECOM.result_of(answer))
    return results + [_NOT_TRIED] * (len(messages) - len(results))


async def _subscribe(
    socket: aiohttp.ClientWebSocketResponse, account: ChannelAccount
) -> Result | None:
    """None when the robot is ours; else why not, for all its messages."""
    identity = {
        "bot_id": account.settings.get("bot_id", ""),
        "secret": account.secrets.get("secret", ""),
    }
    answer = await _ask(socket, "aibot_subscribe", identity)
    if answer.errcode == 0:
        return None
    detail = f"机器人 ID 或 Secret 被拒绝：{answer.errmsg[:200]}"
    return Result(Outcome.PERMANENT, str(answer.errcode), detail, is_account_fault=True)


async def _ask(
    socket: aiohttp.ClientWebSocketResponse, command: str, body: Mapping[str, Any]
) -> PlatformAnswer:
    """One frame and its answer, known by `req_id`; events that come between are passed over."""
    request_id = uuid.uuid4().hex
    frame = {"cmd": command, "headers": {"req_id": request_id}, "body": body}
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            await socket.send_str(json.dumps(frame, ensure_ascii=False))
            while True:
                answer = await _next(socket)
                if (answer.get("headers") or {}).get("req_id") == request_id:
                    code = int(answer.get("errcode", 0))
                    return PlatformAnswer(code, str(answer.get("errmsg", "")), answer)
    except (TimeoutError, ConnectionError, aiohttp.ClientError, TypeError, ValueError) as error:
        raise _Disconnected from error


async def _next(socket: aiohttp.ClientWebSocketResponse) -> dict[str, Any]:
    received = await socket.receive()
    if received.type is not aiohttp.WSMsgType.TEXT:
        raise _Disconnected
    frame = json.loads(received.data)
    if not isinstance(frame, dict):
        raise _Disconnected
    if (frame.get("body") or {}).get("event", {}).get("eventtype") == "disconnected_event":
        raise _Disconnected
    return frame
