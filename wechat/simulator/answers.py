"""How the platform answers, what it refuses, and reading what it is sent."""

import json
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any, TypeAlias

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

View: TypeAlias = Callable[..., HttpResponse]


class PlatformError(Exception):
    """An `errcode` of the platform; a word where the provider's codes are words."""

    def __init__(self, errcode: int | str, errmsg: str) -> None:
        super().__init__(errmsg)
        self.errcode = errcode
        self.errmsg = errmsg


class InvalidRequest(Exception):
    """A bad call of the sandbox's own API; `attr` names the field."""

    def __init__(self, attr: str, detail: str) -> None:
        super().__init__(detail)
        self.attr = attr
        self.detail = detail


def ok(**fields: Any) -> JsonResponse:
    """The platform's good answer."""
    return JsonResponse({"errcode": 0, "errmsg": "ok", **fields})


def platform(method: str) -> Callable[[View], View]:
    """A Tencent endpoint: HTTP 200 whatever happened, the outcome in `errcode`."""

    def decorate(view: View) -> View:
        @csrf_exempt
        @wraps(view)
        def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            _only_in_the_sandbox()
            if request.method != method:
                return JsonResponse({"errcode": 43001, "errmsg": f"require {method} method"})
            try:
                return view(request, *args, **kwargs)
            except PlatformError as error:
                return JsonResponse({"errcode": error.errcode, "errmsg": error.errmsg})

        return wrapped

    return decorate


def sandbox_api(*methods: str) -> Callable[[View], View]:
    """An endpoint for the page and for tests; bad input in the contract's error shape."""

    def decorate(view: View) -> View:
        @csrf_exempt
        @wraps(view)
        def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            _only_in_the_sandbox()
            if request.method not in methods:
                return _refusal("method_not_allowed", "方法不允许", None, 405, "client_error")
            try:
                return view(request, *args, **kwargs)
            except InvalidRequest as error:
                return _refusal("invalid", error.detail, error.attr, 400, "validation_error")

        return wrapped

    return decorate


def json_object(request: HttpRequest) -> dict[str, Any]:
    """The body as an object; None-like bodies are an empty one for the caller to refuse."""
    try:
        body = json.loads(request.body or b"{}")
        storable = is_storable(body)
    except (ValueError, RecursionError):
        raise InvalidRequest("body", "正文不是有效的 JSON") from None
    if not isinstance(body, dict) or not storable:
        raise InvalidRequest("body", "正文必须是 JSON 对象，且不含无效字符")
    return body


def platform_object(request: HttpRequest) -> dict[str, Any]:
    """The body of a Tencent call; raises 47001 when it is no object."""
    try:
        return json_object(request)
    except InvalidRequest:
        raise PlatformError(47001, "data format error") from None


def is_storable(value: Any) -> bool:
    """No text column holds NUL or half a surrogate pair."""
    if isinstance(value, str):
        return "\x00" not in value and not any("\ud800" <= char <= "\udfff" for char in value)
    if isinstance(value, dict):
        return all(is_storable(key) and is_storable(item) for key, item in value.items())
    if isinstance(value, list):
        return all(is_storable(item) for item in value)
    return True


def _only_in_the_sandbox() -> None:
    if not settings.SANDBOX:
        raise Http404


def _refusal(code: str, detail: str, attr: str | None, status: int, kind: str) -> JsonResponse:
    return JsonResponse(
        {"type": kind, "errors": [{"code": code, "detail": detail, "attr": attr}]},
        status=HTTPStatus(status),
        json_dumps_params={"ensure_ascii": False},
    )
