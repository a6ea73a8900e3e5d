"""One address for everything: WebSockets, the fast door for sends, and Django (WSGI, in threads).

The services profile runs it beside the WSGI server, which is quicker for all but these two; the
embedded profile runs nothing else. Django's own ASGI handler would run every view in one thread.
"""

import os
from collections.abc import Awaitable, Callable
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from config.wsgi import application as wsgi_application  # isort: skip - sets Django up

from a2wsgi import WSGIMiddleware
from channels.routing import URLRouter

from config.sockets.auth import KnownCallers
from config.websocket_urls import SANDBOX_PREFIX, sandbox_urlpatterns, urlpatterns
from messaging.door.app import SendDoor

WEB_THREADS = int(os.environ.get("WEB_THREADS", "16"))

App = Callable[[Any, Any, Any], Awaitable[None]]


def _django() -> App:
    """Django in threads; what granian gives to await is no coroutine, as a2wsgi needs it to be."""
    in_threads: Any = WSGIMiddleware(wsgi_application, workers=WEB_THREADS)  # type: ignore[arg-type]

    async def django(scope: Any, receive: Any, send: Any) -> None:
        async def take() -> Any:
            return await receive()

        async def give(event: Any) -> None:
            await send(event)

        await in_threads(scope, take, give)

    return django


class Application:
    """Sorts what comes in by its kind and path."""

    def __init__(self) -> None:
        self._http = SendDoor(_django())
        self._sockets = KnownCallers(URLRouter(urlpatterns))
        self._sandbox = URLRouter(sandbox_urlpatterns)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            await self._http(scope, receive, send)
        elif scope["type"] == "websocket":
            in_sandbox = scope["path"].startswith(SANDBOX_PREFIX)
            await (self._sandbox if in_sandbox else self._sockets)(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self._lifespan(receive, send)

    async def _lifespan(self, receive: Any, send: Any) -> None:
        while True:
            event = await receive()
            if event["type"] == "lifespan.startup":
                await send({"type": "lifespan.startup.complete"})
            else:
                self._http.stop()
                await send({"type": "lifespan.shutdown.complete"})
                return


application = Application()
