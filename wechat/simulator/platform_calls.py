"""One call of the platform to the corporation's app: token, what is due, ordered faults."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse

from wechat.simulator.answers import platform, platform_object
from wechat.simulator.faults import misbehave
from wechat.simulator.tokens import require_token

GetView = Callable[[dict[str, str]], HttpResponse]
PostView = Callable[[dict[str, Any]], HttpResponse]


class Calls:
    """The calls of one area: `channel` names its faults, `prepare` comes before each call."""

    def __init__(self, channel: str, prepare: Callable[[], None]) -> None:
        self._channel = channel
        self._prepare = prepare

    def get(self, view: GetView) -> Callable[..., HttpResponse]:
        """A GET of the platform; `view` gets the query."""

        @platform("GET")
        @wraps(view)
        def wrapped(request: HttpRequest) -> HttpResponse:
            return self._answer(request, lambda: view(request.GET.dict()))

        return wrapped

    def post(self, view: PostView) -> Callable[..., HttpResponse]:
        """A POST of the platform; `view` gets the body."""

        @platform("POST")
        @wraps(view)
        def wrapped(request: HttpRequest) -> HttpResponse:
            return self._answer(request, lambda: view(platform_object(request)))

        return wrapped

    def _answer(self, request: HttpRequest, work: Callable[[], HttpResponse]) -> HttpResponse:
        require_token(request)
        self._prepare()
        return misbehave(self._channel, work)
