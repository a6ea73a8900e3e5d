"""`Idempotency-Key`: the same request twice is one act (contract.md §1, guarantees.md 5).

The record, the work and everything the work enqueues share one transaction, so a crash at any
point leaves either all of it or nothing, and the unique index decides between parallel copies.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.http import HttpResponseBase
from django.utils.datastructures import MultiValueDict
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from config.api.auth import principal_name
from config.api.errors import Conflict
from config.api.idempotency_record import IdempotencyRecord
from config.api.renderers import ApiJSONRenderer, Rendered
from config.database import clock
from config.database.locks import try_transaction_lock
from config.errors import AppError

HEADER = "Idempotency-Key"
MAX_KEY_LENGTH = 255
KEPT = timedelta(hours=24)


@dataclass(frozen=True)
class Identity:
    """Which request this is: whose, under which key, with which content."""

    principal: str
    key: str
    request_hash: str


class _Replayed(Exception):
    """Carries the first answer out of DRF's dispatch."""

    def __init__(self, record: IdempotencyRecord) -> None:
        self.record = record


class IdempotentPosts(APIView):
    """Base of every view whose POSTs create or send something."""

    takes_idempotency_key = True
    # A view that writes many requests in one transaction claims its keys there, by `claim_all`.
    claims_itself = False
    identity: "Identity | None" = None

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method != "POST" or HEADER not in request.headers or self.claims_itself:
            return super().dispatch(request, *args, **kwargs)
        with transaction.atomic():
            response = super().dispatch(request, *args, **kwargs)
            if response.status_code >= 400:
                transaction.set_rollback(True)
            elif not response.has_header("Idempotent-Replayed"):
                self._remember(response)
        return response

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if request.method == "POST" and HEADER in request.headers:
            self.identity = self._identified(request)
            if not self.claims_itself:
                self._claim(self.identity)

    def handle_exception(self, exc: Exception) -> Response:
        if isinstance(exc, _Replayed):
            response = Response(Rendered(exc.record.body), status=exc.record.status_code)
            response["Idempotent-Replayed"] = "true"
            return response
        if self.claims_itself and self.identity and isinstance(exc, (ValidationError, AppError)):
            # What was right the first time is answered again, though it would be refused today.
            try:
                self.replay(self.identity)
            except (_Replayed, Conflict) as known:
                return self.handle_exception(known)
        return super().handle_exception(exc)

    def replay(self, identity: "Identity") -> None:
        """Answers as the first request with this key was answered, if there is a record of it."""
        record = IdempotencyRecord.objects.filter(
            principal=identity.principal, key=identity.key, created_at__gt=clock.now() - KEPT
        ).first()
        if record is None:
            return
        if record.request_hash != identity.request_hash:
            raise Conflict("这个幂等键已用于另一个请求", "idempotency_key_reused")
        raise _Replayed(record)

    def _identified(self, request: Request) -> "Identity":
        key = request.headers[HEADER]
        if not key or len(key) > MAX_KEY_LENGTH or "\x00" in key:
            raise ValidationError({HEADER: f"长度必须是 1 到 {MAX_KEY_LENGTH} 个字符"})
        content = f"{request.path}\n".encode() + self.body_of(request)
        return Identity(principal_name(request), key, hashlib.sha256(content).hexdigest())

    def body_of(self, request: Request) -> bytes:
        """What makes two requests the same; forms with files answer with `multipart_digest`."""
        return request._request.body

    def _claim(self, identity: "Identity") -> None:
        if not try_transaction_lock(f"idempotency:{identity.principal}:{identity.key}"):
            raise Conflict("相同的请求正在处理，请稍后再试", "idempotency_in_progress", wait=1)
        self.replay(identity)

    def _remember(self, response: HttpResponseBase) -> None:
        assert self.identity is not None  # `initial` ran
        body = ApiJSONRenderer().render(getattr(response, "data", None)).decode()
        claim_all([(self.identity, response.status_code, body)])


def multipart_digest(form: "MultiValueDict[str, Any]") -> bytes:
    """Of a form's fields and files: two bodies of one form differ by their boundaries."""
    digest = hashlib.sha256()
    for name, values in sorted(form.lists()):
        for value in values:
            digest.update(f"{name}\n".encode())
            if hasattr(value, "chunks"):
                for part in value.chunks():
                    digest.update(part)
                value.seek(0)
            else:
                digest.update(str(value).encode())
    return digest.digest()


def claim_all(answers: Sequence[tuple[Identity, int, str]]) -> set[Identity]:
    """Keeps answers (status, body) in the running transaction; returns whose key was still free.

    An expired record of the same key gives way. A key that a running transaction claims is waited
    for: once that one has committed, the key is not free.
    """
    if not answers:
        return set()
    adapt = connection.ops.adapt_datetimefield_value
    now = clock.now()
    values: list[Any] = []
    for identity, status, body in answers:
        values += [
            identity.principal,
            identity.key,
            identity.request_hash,
            status,
            body,
            adapt(now),
        ]
    marks = ", ".join(["(%s, %s, %s, %s, %s, %s)"] * len(answers))
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO config_idempotencyrecord AS r"
            " (principal, key, request_hash, status_code, body, created_at)"
            f" VALUES {marks} ON CONFLICT (principal, key) DO UPDATE SET"
            " request_hash = excluded.request_hash, status_code = excluded.status_code,"
            " body = excluded.body, created_at = excluded.created_at"
            " WHERE r.created_at < %s RETURNING principal, key",
            [*values, adapt(now - KEPT)],
        )
        won = set(cursor.fetchall())
    return {identity for identity, _, _ in answers if (identity.principal, identity.key) in won}
