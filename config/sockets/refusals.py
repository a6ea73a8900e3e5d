"""What an action refused, as a socket answers it: the API's status and errors (contract.md §1)."""

from http import HTTPStatus
from typing import Any

from config.errors import (
    AppError,
    ConflictError,
    NotAllowedError,
    NotFoundError,
    TooOftenError,
)

_STATUS: dict[type[AppError], HTTPStatus] = {
    NotAllowedError: HTTPStatus.FORBIDDEN,
    NotFoundError: HTTPStatus.NOT_FOUND,
    ConflictError: HTTPStatus.CONFLICT,
    TooOftenError: HTTPStatus.TOO_MANY_REQUESTS,
}


def refusal(error: AppError) -> dict[str, Any]:
    """`{status, errors: [{code, detail, attr}]}`, and beside them what the caller needs to go on."""
    status = next((_STATUS[kind] for kind in _STATUS if isinstance(error, kind)), 400)
    told = {"code": error.code, "detail": error.detail, "attr": error.attr}
    more = {"retry_after": error.wait_seconds} if isinstance(error, TooOftenError) else {}
    return {**error.extra, **more, "status": int(status), "errors": [told]}
