"""The platform for code that waits: background tasks that read page after page."""

import asyncio
from typing import Any, Self

import aiohttp

from messaging.channels.base import Outcome, Result
from wechat.client.errors import WECOM, PlatformAnswer
from wechat.client.http import CallFailed
from wechat.client.wecom import App, WeComClient, configured_app

CALL_SECONDS = 15.0


class PlatformRefusal(Exception):
    """The platform did not do it; `result` says whether, and when, another try makes sense."""

    def __init__(self, result: Result, errcode: int = 0) -> None:
        super().__init__(f"{result.detail}（{result.code}）")
        self.result = result
        self.errcode = errcode

    @property
    def is_permanent(self) -> bool:
        return self.result.outcome == Outcome.PERMANENT


class BlockingClient:
    """One app's calls, one after the other. Not for use inside a transaction.

    Raises `PlatformRefusal` for everything that is no good answer.
    """

    def __init__(self, app: App | None = None) -> None:
        self._app = app or configured_app()
        self._runner = asyncio.Runner()
        self._http: aiohttp.ClientSession | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._http is not None:
            self._runner.run(self._http.close())
        self._runner.close()

    def get(self, path: str, **params: str) -> dict[str, Any]:
        """GET `/cgi-bin/{path}`."""
        return self._run(path, None, params)

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """POST `/cgi-bin/{path}`."""
        return self._run(path, body, {})

    def _run(
        self, path: str, body: dict[str, Any] | None, params: dict[str, str]
    ) -> dict[str, Any]:
        try:
            answer = self._runner.run(self._call(path, body, params))
        except CallFailed as failure:
            raise PlatformRefusal(failure.result) from None
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            silent = Result(Outcome.RETRY, type(error).__name__, "连接不上企业微信或应答超时")
            raise PlatformRefusal(silent) from None
        if answer.errcode != 0:
            raise PlatformRefusal(WECOM.result_of(answer), answer.errcode)
        return answer.body

    async def _call(
        self, path: str, body: dict[str, Any] | None, params: dict[str, str]
    ) -> PlatformAnswer:
        if self._http is None:
            # Between two calls the loop stands still and would not notice that the other side hung up.
            self._http = aiohttp.ClientSession(
                timeout=aiohttp.ClientTimeout(total=CALL_SECONDS),
                connector=aiohttp.TCPConnector(force_close=True),
            )
        client = WeComClient(self._http, self._app)
        return await (client.get(path, params) if body is None else client.post(path, body))
