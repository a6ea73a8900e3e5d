"""`POST /api/messages/receipts/{channel}`: providers tell what became of messages (contract.md §2)."""

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.permissions import AllowAny
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from config.api.renderers import ApiJSONRenderer
from config.logs import get_logger
from messaging.actions.receipts import receipt_apply
from messaging.channels import registry
from messaging.channels.base import Channel, ReceiptCall
from messaging.channels.registry import UnknownChannelError

logger = get_logger(__name__)

MAX_RECEIPTS = 5000


class _AnyBody(BaseParser):
    """The signature is over the bytes as they came, whatever they are called."""

    media_type = "*/*"

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        return bytes(stream.read())


class _Json(BaseContentNegotiation):
    """A provider is answered in JSON, whatever it says it accepts."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        return parsers[0]

    def select_renderer(
        self, request: Request, renderers: Any, format_suffix: Any = None
    ) -> tuple[BaseRenderer, str]:
        return ApiJSONRenderer(), "application/json"


class ReceiptView(APIView):
    """Signed as that provider signs; a forged call is a 403 and changes nothing."""

    authentication_classes: list[Any] = []
    permission_classes = [AllowAny]
    parser_classes = [_AnyBody]
    content_negotiation_class = _Json

    @extend_schema(responses={(200, "text/plain"): OpenApiTypes.STR})
    def get(self, request: Request, channel: str) -> HttpResponseBase:
        """A provider makes sure that the address is ours: it gets its own word back."""
        found = _channel(channel)
        return _text(found.echo(_call(request, b"")))

    @extend_schema(
        request={"application/json": {}, "text/xml": {}},
        responses={200: OpenApiTypes.OBJECT},
    )
    def post(self, request: Request, channel: str) -> HttpResponseBase:
        found = _channel(channel)
        call = _call(request, request.data if isinstance(request.data, bytes) else b"")
        receipts = found.receipts(call)[:MAX_RECEIPTS]
        moved = sum(receipt_apply(found.code, receipt) for receipt in receipts)
        logger.info("receipts_taken", channel=found.code, count=len(receipts), moved=moved)
        if found.receipt_text:
            return _text(found.receipt_text)
        return Response(dict(found.receipt_answer))


def _channel(code: str) -> Channel:
    try:
        return registry.get(code.upper())
    except UnknownChannelError:
        raise Http404 from None


def _call(request: Request, body: bytes) -> ReceiptCall:
    return ReceiptCall(
        query=_single(request.query_params), headers=dict(request.headers), body=body
    )


def _text(text: str) -> HttpResponse:
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


def _single(query: Any) -> Mapping[str, str]:
    return {name: query.get(name, "") for name in query}
