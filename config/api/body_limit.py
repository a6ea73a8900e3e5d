"""Bodies over the limit are refused before anyone reads them (413)."""

import re
from collections.abc import Callable
from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from config.api.errors import error_response
from config.whole_number import whole_number


class BodyLimitMiddleware:
    """Trusts `Content-Length`: the servers in front (granian, uvicorn) enforce it.

    Where files come in the limit is higher (`FILE_BODY_LIMITS_BYTES`: beginnings of paths, in which
    `*` stands for one part, such as a ticket's number). Callbacks have a smaller one
    of their own, answered with 400 (wechat/callbacks/door.py).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = whole_number(request.META.get("CONTENT_LENGTH") or "0")
        if length is None:
            return error_response("bad_request", "Content-Length 无效", status=400)
        limit = _limit(request.path)
        if length > limit:
            return error_response(
                "request_too_large", f"请求正文不能超过 {limit // 1024 // 1024} MB", status=413
            )
        return self.get_response(request)


def _limit(path: str) -> int:
    limits: dict[str, int] = settings.FILE_BODY_LIMITS_BYTES
    fitting = [beginning for beginning in limits if _pattern(beginning).match(path)]
    return limits[max(fitting, key=len)] if fitting else int(settings.API_BODY_LIMIT_BYTES)


@lru_cache
def _pattern(beginning: str) -> "re.Pattern[str]":
    return re.compile(re.escape(beginning).replace(r"\*", "[^/]+"))
