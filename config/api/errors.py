"""One error shape everywhere (contract.md §1): `{type, errors: [{code, detail, attr}]}`."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, JsonResponse
from drf_standardized_errors.handler import ExceptionHandler
from rest_framework import exceptions
from rest_framework.exceptions import APIException
from rest_framework_simplejwt.exceptions import InvalidToken

from config.errors import (
    AppError,
    ConflictError,
    InvalidFieldsError,
    NotAllowedError,
    NotFoundError,
    TooOftenError,
)


class Conflict(APIException):
    """The object's present state, or another request, does not allow it."""

    status_code = HTTPStatus.CONFLICT
    default_code = "conflict"
    default_detail = "当前状态不允许此操作"

    def __init__(
        self,
        detail: str,
        code: str | None = None,
        wait: int | None = None,
        *,
        attr: str | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(detail, code)
        # DRF turns `wait` into the header Retry-After.
        self.wait = wait
        self.attr = attr
        self.extra = dict(extra or {})


class ApiExceptionHandler(ExceptionHandler):
    """Teaches the library our actions' errors."""

    def convert_known_exceptions(self, exc: Exception) -> Exception:
        if isinstance(exc, InvalidToken):
            # Its nested detail does not fit the one shape.
            failed = exceptions.AuthenticationFailed("登录无效或已过期", "token_not_valid")
            failed.auth_header = getattr(exc, "auth_header", None)  # type: ignore[attr-defined]
            return failed
        if isinstance(exc, AppError):
            return _answer_to(exc)
        return super().convert_known_exceptions(exc)

    def format_exception(self, exc: APIException) -> Any:
        """A conflict names its field, and what the caller needs to go on stands beside it."""
        body = super().format_exception(exc)
        if isinstance(exc, Conflict):
            for error in body["errors"]:
                error["attr"] = exc.attr
            body |= {name: value for name, value in exc.extra.items() if name not in body}
        return body


def _answer_to(error: AppError) -> APIException:
    """The HTTP answer to what an action refused."""
    if isinstance(error, NotAllowedError):
        return exceptions.PermissionDenied(error.detail, error.code)
    if isinstance(error, NotFoundError):
        return exceptions.NotFound(error.detail, error.code)
    if isinstance(error, ConflictError):
        return Conflict(error.detail, error.code, attr=error.attr, extra=error.extra)
    if isinstance(error, TooOftenError):
        throttled = exceptions.Throttled(None, error.detail, error.code)
        # Given to the constructor, it would be put into words a second time; this is Retry-After.
        throttled.wait = error.wait_seconds  # type: ignore[attr-defined]
        return throttled
    if isinstance(error, InvalidFieldsError):
        fields: dict[str, list[exceptions.ErrorDetail]] = {}
        for name, detail in error.faults:
            fields.setdefault(name, []).append(exceptions.ErrorDetail(detail, error.code))
        return exceptions.ValidationError(fields)
    field = error.attr or "non_field_errors"
    return exceptions.ValidationError({field: [exceptions.ErrorDetail(error.detail, error.code)]})


def error_body(code: str, detail: str, *, status: int, attr: str | None = None) -> dict[str, Any]:
    kind = "server_error" if status >= 500 else "client_error"
    return {"type": kind, "errors": [{"code": code, "detail": detail, "attr": attr}]}


def error_response(code: str, detail: str, *, status: int) -> JsonResponse:
    return JsonResponse(
        error_body(code, detail, status=status),
        status=status,
        json_dumps_params={"ensure_ascii": False},
    )


def is_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


def bad_request(request: HttpRequest, exception: Exception) -> Any:
    from django.views import defaults

    if is_api(request):
        return error_response("bad_request", "请求无法解析", status=400)
    return defaults.bad_request(request, exception)


def permission_denied(request: HttpRequest, exception: Exception) -> Any:
    from django.views import defaults

    if is_api(request):
        return error_response("permission_denied", "没有权限", status=403)
    return defaults.permission_denied(request, exception)


def page_not_found(request: HttpRequest, exception: Exception) -> Any:
    from django.views import defaults

    if is_api(request):
        return error_response("not_found", "没有这个地址", status=404)
    return defaults.page_not_found(request, exception)


def server_error(request: HttpRequest) -> Any:
    from django.views import defaults

    if is_api(request):
        return error_response("error", "服务器内部错误", status=500)
    return defaults.server_error(request)
