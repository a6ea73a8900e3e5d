"""The platforms for code that waits: background tasks that read page after page, pages that log in."""

import asyncio
from collections.abc import Coroutine
from typing import Any, Protocol, Self, TypeVar

import aiohttp

from messaging.channels.base import Outcome, Result
from wechat.client.errors import WECOM, ErrorTable, PlatformAnswer
from wechat.client.http import CallFailed
from wechat.client.official import OfficialAccount, OfficialClient, configured_account
from wechat.client.official_errors import OFFICIAL
from wechat.client.tokens import TokenSource, access_token
from wechat.client.wecom import App, WeComClient, configured_app

CALL_SECONDS = 15.0
Done = TypeVar("Done")


class PlatformRefusal(Exception):
    """The platform did not do it; `result` says whether, and when, another try makes sense."""

    def __init__(self, result: Result, errcode: int = 0) -> None:
        super().__init__(f"{result.detail}（{result.code}）")
        self.result = result
        self.errcode = errcode

    @property
    def is_permanent(self) -> bool:
        return self.result.outcome == Outcome.PERMANENT


class _Client(Protocol):
    async def get(self, path: str, params: dict[str, str]) -> PlatformAnswer: ...

    async def post(self, path: str, body: dict[str, Any]) -> PlatformAnswer: ...


class _Blocking:
    """Calls of one platform, one after the other. Not for use inside a transaction.

    Raises `PlatformRefusal` for everything that is no good answer.
    """

    platform: str
    errors: ErrorTable

    def __init__(self, *, seconds: float = CALL_SECONDS) -> None:
        self._seconds = seconds
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

    def token(self, source: TokenSource) -> str:
        """Another token, or ticket, of the platform, through the shared cache."""
        return self._guarded(self._token(source))

    def _client(self, http: aiohttp.ClientSession) -> _Client:
        raise NotImplementedError

    def _run(
        self, path: str, body: dict[str, Any] | None, params: dict[str, str]
    ) -> dict[str, Any]:
        answer = self._guarded(self._call(path, body, params))
        if answer.errcode != 0:
            raise PlatformRefusal(self.errors.result_of(answer), answer.errcode)
        return answer.body

    def _guarded(self, work: Coroutine[Any, Any, Done]) -> Done:
        try:
            return self._runner.run(work)
        except CallFailed as failure:
            raise PlatformRefusal(failure.result) from None
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            detail = f"连接不上{self.platform}或应答超时"
            silent = Result(Outcome.RETRY, type(error).__name__, detail)
            raise PlatformRefusal(silent) from None

    async def _call(
        self, path: str, body: dict[str, Any] | None, params: dict[str, str]
    ) -> PlatformAnswer:
        client = self._client(self._session())
        return await (client.get(path, params) if body is None else client.post(path, body))

    async def _token(self, source: TokenSource) -> str:
        return await access_token(self._session(), source)

    def _session(self) -> aiohttp.ClientSession:
        if self._http is None:
            # Between two calls the loop stands still and would not notice that the other side hung up.
            self._http = aiohttp.ClientSession(
                timeout=aiohttp.ClientTimeout(total=self._seconds),
                connector=aiohttp.TCPConnector(force_close=True),
            )
        return self._http


class BlockingClient(_Blocking):
    """One app of WeCom."""

    platform, errors = "企业微信", WECOM

    def __init__(self, app: App | None = None, *, seconds: float = CALL_SECONDS) -> None:
        super().__init__(seconds=seconds)
        self._app = app or configured_app()

    def _client(self, http: aiohttp.ClientSession) -> _Client:
        return WeComClient(http, self._app)


class BlockingOfficialClient(_Blocking):
    """The Official Account of the settings."""

    platform, errors = "公众号平台", OFFICIAL

    def __init__(
        self, account: OfficialAccount | None = None, *, seconds: float = CALL_SECONDS
    ) -> None:
        super().__init__(seconds=seconds)
        self._account = account or configured_account()

    def _client(self, http: aiohttp.ClientSession) -> _Client:
        return OfficialClient(http, self._account)
