"""`Idempotency-Key`: the same request twice is one act (contract.md §1, guarantees.md 5).

The record, the work and everything the work enqueues share one transaction, so a crash at any
point leaves either all of it or nothing, and the unique index decides between parallel copies.
"""

import hashlib
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.http import HttpResponseBase
from django.utils import timezone
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from config.api.auth import principal_name
from config.api.errors import Conflict
from config.api.idempotency_record import IdempotencyRecord
from config.api.renderers import ApiJSONRenderer, Rendered
from config.locks import try_transaction_lock

HEADER = "Idempotency-Key"
MAX_KEY_LENGTH = 255
KEPT = timedelta(hours=24)


class _Replayed(Exception):
    """Carries the first answer out of DRF's dispatch."""

    def __init__(self, record: IdempotencyRecord) -> None:
        self.record = record


class IdempotentPosts(APIView):
    """Base of every view whose POSTs create or send something."""

    takes_idempotency_key = True

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method != "POST" or HEADER not in request.headers:
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
            self._claim(request)

    def handle_exception(self, exc: Exception) -> Response:
        if isinstance(exc, _Replayed):
            response = Response(Rendered(exc.record.body), status=exc.record.status_code)
            response["Idempotent-Replayed"] = "true"
            return response
        return super().handle_exception(exc)

    def _claim(self, request: Request) -> None:
        key = request.headers[HEADER]
        if not key or len(key) > MAX_KEY_LENGTH:
            raise ValidationError({HEADER: f"长度必须是 1 到 {MAX_KEY_LENGTH} 个字符"})
        self._principal, self._key = principal_name(request), key
        self._hash = hashlib.sha256(
            f"{request.path}\n".encode() + request._request.body
        ).hexdigest()
        if not try_transaction_lock(f"idempotency:{self._principal}:{key}"):
            raise Conflict("相同的请求正在处理，请稍后再试", "idempotency_in_progress", wait=1)
        record = IdempotencyRecord.objects.filter(
            principal=self._principal, key=key, created_at__gt=timezone.now() - KEPT
        ).first()
        if record is None:
            return
        if record.request_hash != self._hash:
            raise Conflict("这个幂等键已用于另一个请求", "idempotency_key_reused")
        raise _Replayed(record)

    def _remember(self, response: HttpResponseBase) -> None:
        body = ApiJSONRenderer().render(getattr(response, "data", None)).decode()
        # An expired record of the same key gives way.
        IdempotencyRecord.objects.filter(principal=self._principal, key=self._key).delete()
        IdempotencyRecord.objects.create(
            principal=self._principal,
            key=self._key,
            request_hash=self._hash,
            status_code=response.status_code,
            body=body,
        )
