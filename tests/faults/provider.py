"""A stand-in for every provider that we call over HTTP: logs what it got, and misbehaves on order.

It shares no code with our client or with the sandbox, and lives in a thread of the test with an event
loop of its own, so a test reads its log and gives its orders as plain objects. What is asked of it:

    /cgi-bin/gettoken, /cgi-bin/stable_token    tokens: `token-1`, `token-2`, …
    /cgi-bin/webhook/send?key=…                 a group's robot
    /cgi-bin/…                                  every other call of WeCom and of the Official Account
    /feishu/<robot>                             Feishu's robot
    /v3/push                                    JPush
    /                                           Aliyun's SMS

A request is in the log once it was read to its end: from then on, a real provider may have delivered.
"""

import asyncio
import itertools
import json
import re
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import parse_qs

from aiohttp import web

OUR_NUMBER = re.compile(r"MSG\d{14}[0-9a-f]{12}")
# Where each provider keeps the key by which it knows a repeated request again.
KEYS = ("msgid", "client_msg_id", "cid")
TOKEN_SECONDS = 7200
CORP_ID, APP_ID = "wwfaults", "wxfaults"
# By which our doors know the platform's callbacks (tests/faults/platform.py seals them).
CALLBACK_SECRETS = {
    "WECOM_TOKEN": "faultsToken",
    "WECOM_ENCODING_AES_KEY": "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
    "MP_TOKEN": "faultsMpToken",
    "MP_ENCODING_AES_KEY": "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789abcdefg",
}
HANG_SECONDS = 3600.0


@dataclass(frozen=True, slots=True)
class Received:
    """One request. `at` is this machine's clock, in seconds since the epoch."""

    number: int
    at: float
    method: str
    path: str
    query: dict[str, str]
    body: dict[str, Any]
    raw: str

    @property
    def recipient(self) -> str:
        """A member, an openid, a phone number, or the robot's key."""
        told = self.body.get("touser") or self.query.get("PhoneNumbers") or self.query.get("key")
        return str(told or self.path.rpartition("/")[2])

    @property
    def key(self) -> str:
        """The key by which this provider would know a repetition; empty where it has none."""
        return next((str(self.body[name]) for name in KEYS if self.body.get(name)), "")

    @property
    def message_id(self) -> str:
        """Our own number, wherever in the request it stands; empty where it does not."""
        found = OUR_NUMBER.search(self.raw)
        return found[0] if found else ""

    @property
    def text(self) -> str:
        """What a person would read of it."""
        kind = str(self.body.get("msgtype") or "text")
        part = self.body.get(kind) or self.body.get("content") or {}
        return str(part.get("content") or part.get("text") or "") if isinstance(part, dict) else ""

    @property
    def is_token_call(self) -> bool:
        return self.path in (TOKEN_PATH, STABLE_TOKEN_PATH)


TOKEN_PATH, STABLE_TOKEN_PATH = "/cgi-bin/gettoken", "/cgi-bin/stable_token"

Where = Callable[[Received], bool]


@dataclass(frozen=True)
class Answer:
    """What an order makes of a request: after `seconds`, a JSON `body` or `text` with `status`."""

    body: dict[str, Any] | None = None
    status: int = 200
    seconds: float = 0.0
    headers: dict[str, str] = field(default_factory=dict)
    text: str = ""
    # The connection ends without a word.
    is_dropped: bool = False


def hang() -> Answer:
    """Takes the request and never says anything."""
    return Answer(seconds=HANG_SECONDS)


def slow(seconds: float) -> Answer:
    """Answers well, but late."""
    return Answer(seconds=seconds)


def drop() -> Answer:
    """Takes the request and closes the connection."""
    return Answer(is_dropped=True)


def status(code: int, *, retry_after: int | None = None, text: str = "trouble") -> Answer:
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    return Answer(status=code, text=text, headers=headers)


def code(errcode: int, **more: Any) -> Answer:
    """An answer of WeCom's or the Official Account's own."""
    return Answer({"errcode": errcode, "errmsg": f"stand-in says {errcode}", **more})


@dataclass(eq=False)
class Order:
    """Applies to the requests that `where` takes, `times` of them (None: until it is withdrawn)."""

    answer: Answer
    where: Where
    times: int | None
    done: int = 0


class Provider:
    """`with Provider() as provider:`; `provider.base` is its address, without a slash at the end."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._log: list[Received] = []
        self._orders: list[Order] = []
        self._numbers = itertools.count(1)
        self._tokens = itertools.count(1)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._runner: web.AppRunner | None = None
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]

    @property
    def netloc(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def base(self) -> str:
        return f"http://{self.netloc}"

    def environment(self) -> dict[str, str]:
        """What makes our processes call it, whatever they would call."""
        return {
            "WECOM_API_BASE": self.base,
            "WECOM_CORP_ID": CORP_ID,
            "WECOM_CORP_SECRET": "secret-of-the-stand-in",
            "WECOM_AGENT_ID": "1000002",
            "MP_API_BASE": self.base,
            "MP_APP_ID": APP_ID,
            "MP_APP_SECRET": "secret-of-the-stand-in",
            "GROUP_WEBHOOK_URL": self.robot("default"),
            **CALLBACK_SECRETS,
        }

    def robot(self, key: str) -> str:
        """The webhook of a group's robot."""
        return f"{self.base}/cgi-bin/webhook/send?key={key}"

    def feishu_robot(self, key: str) -> str:
        return f"{self.base}/feishu/{key}"

    # Orders

    def order(
        self, answer: Answer, where: Where | str | None = None, *, times: int | None = None
    ) -> Order:
        """From now on, until it is used up or withdrawn; the newest order that fits is obeyed.

        `where`: a test of the request, or a part of its path, key or raw text. Token calls are only
        meant by an order that names them.
        """
        taken = Order(answer, _where(where), times)
        with self._lock:
            self._orders.append(taken)
        return taken

    def withdraw(self, order: Order | None = None) -> None:
        """Behaves again: that order, or all."""
        with self._lock:
            self._orders = [one for one in self._orders if order is not None and one is not order]

    # The log

    def log(self, where: Where | str | None = None) -> list[Received]:
        """What it got, oldest first; token calls only when `where` names them."""
        test = _where(where)
        with self._lock:
            log = list(self._log)
        return [received for received in log if test(received)]

    def token_calls(self) -> list[Received]:
        return self.log(lambda received: received.is_token_call)

    def counted(self, where: Where | str | None = None) -> Counter[str]:
        """How often each message arrived: by our number where it is told, else by its text."""
        return Counter(item.message_id or item.key or item.text for item in self.log(where))

    def forget(self) -> None:
        """An empty log and no orders; what hangs goes on hanging."""
        with self._lock:
            self._log.clear()
            self._orders.clear()

    # The door

    def open(self) -> None:
        """Takes connections, at the same address each time."""
        self._run(self._open())

    def shut(self) -> None:
        """Refuses connections; those that are open end at once."""
        self._run(self._shut())

    def __enter__(self) -> Self:
        self._thread.start()
        self.open()
        return self

    def __exit__(self, *_: object) -> None:
        self.shut()
        self._run(_end_tasks())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def _run(self, coroutine: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(20)

    async def _open(self) -> None:
        if self._runner is not None:
            return
        app = web.Application(client_max_size=32 * 1024 * 1024)
        app.router.add_route("*", "/{path:.*}", self._handle)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(
            self._runner, "127.0.0.1", self.port, backlog=4096, reuse_address=True
        ).start()

    async def _shut(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        received = self._received(request, await request.read())
        answer = self._obeyed(received)
        if answer is None:
            return _json(self._good(received))
        if answer.seconds:
            await asyncio.sleep(answer.seconds)
        if answer.is_dropped and request.transport is not None:
            request.transport.close()
        if answer.text:
            return web.Response(status=answer.status, text=answer.text, headers=answer.headers)
        body = self._good(received) if answer.body is None else answer.body
        return _json(body, answer.status, answer.headers)

    def _received(self, request: web.Request, content: bytes) -> Received:
        raw = content.decode(errors="replace")
        query = dict(request.query)
        if "json" in request.content_type:
            body = _object(raw)
        else:
            body = {}
            query |= {name: values[0] for name, values in parse_qs(raw).items()}
        with self._lock:
            received = Received(
                next(self._numbers),
                time.time(),
                request.method,
                request.path,
                query,
                body,
                raw or request.query_string,
            )
            self._log.append(received)
        return received

    def _obeyed(self, received: Received) -> Answer | None:
        with self._lock:
            for order in reversed(self._orders):
                if (order.times is None or order.done < order.times) and order.where(received):
                    order.done += 1
                    return order.answer
        return None

    def _good(self, received: Received) -> dict[str, Any]:
        """What each provider says when all is well."""
        if received.is_token_call:
            token = f"token-{next(self._tokens)}"
            return {"errcode": 0, "access_token": token, "expires_in": TOKEN_SECONDS}
        if received.path.startswith("/feishu/"):
            return {"code": 0, "msg": "success"}
        if received.path == "/v3/push":
            return {"sendno": "0", "msg_id": str(received.number)}
        if received.path.startswith("/cgi-bin/"):
            return {"errcode": 0, "errmsg": "ok", "msgid": f"provider-{received.number}"}
        return {"Code": "OK", "Message": "OK", "BizId": str(received.number), "RequestId": "0"}


async def _end_tasks() -> None:
    """What still hangs."""
    left = asyncio.all_tasks() - {asyncio.current_task()}
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)


def _where(where: Where | str | None) -> Where:
    if where is None:
        return lambda received: not received.is_token_call
    if isinstance(where, str):
        named = where

        def names(received: Received) -> bool:
            if received.is_token_call and named not in received.path:
                return False
            return any(named in part for part in (received.path, received.recipient, received.raw))

        return names
    return where


def _object(raw: str) -> dict[str, Any]:
    try:
        found = json.loads(raw)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _json(
    body: dict[str, Any], status: int = 200, headers: dict[str, str] | None = None
) -> web.Response:
    return web.json_response(body, status=status, headers=headers)
