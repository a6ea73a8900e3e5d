"""The errors that actions raise. Every door turns them into its own words.

The API answers them in the contract's shape (config/api/errors.py), a group command as a sentence.
"""

from collections.abc import Mapping, Sequence
from typing import Any


class AppError(Exception):
    """A refusal that the caller can act on: `detail` is for people (Chinese), `code` for programs.

    `extra` is JSON that stands beside the errors in the API's answer to a conflict.
    """

    code = "error"

    def __init__(
        self,
        detail: str,
        *,
        code: str | None = None,
        attr: str | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.attr = attr
        self.extra = dict(extra or {})
        if code is not None:
            self.code = code


class InvalidInputError(AppError):
    """Something given is wrong; `attr` names the field. HTTP 400."""

    code = "invalid"


class InvalidFieldsError(InvalidInputError):
    """Several things given are wrong: `faults` are `(attr, detail)`, at least one. HTTP 400."""

    def __init__(self, faults: Sequence[tuple[str, str]], *, code: str | None = None) -> None:
        attr, detail = faults[0]
        super().__init__(detail, code=code, attr=attr)
        self.faults = list(faults)


class NotAllowedError(AppError):
    """A verb outside the actor's role. HTTP 403."""

    code = "permission_denied"


class NotFoundError(AppError):
    """No such object, or none that the actor may see. HTTP 404."""

    code = "not_found"


class ConflictError(AppError):
    """The object's present state does not allow it; `detail` names the state. HTTP 409."""

    code = "conflict"


class TooOftenError(AppError):
    """Too much of it in too short a time; `wait_seconds` says when there is room again. HTTP 429."""

    code = "throttled"

    def __init__(self, detail: str, wait_seconds: int) -> None:
        super().__init__(detail)
        self.wait_seconds = wait_seconds
