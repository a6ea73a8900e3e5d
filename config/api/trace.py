"""Every log line of a request carries its id; the answer names it in `X-Request-Id`."""

import re
import uuid
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse

_SAFE = re.compile(r"[A-Za-z0-9_.-]{1,64}")


def request_id_of(given: str) -> str:
    """The caller's own number for the request, if it is fit for a header and a log; else a new one."""
    return given if _SAFE.fullmatch(given) else uuid.uuid4().hex


class TraceMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request_id = request_id_of(request.headers.get("X-Request-Id", ""))
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            response = self.get_response(request)
        response["X-Request-Id"] = request_id
        return response
