"""Where callbacks enter: verified, decrypted, stored once, answered at once; worked later."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views import View

from config.api.errors import error_response
from config.logs import get_logger
from config.whole_number import whole_number
from wechat.callbacks import crypto, dedupe
from wechat.callbacks.crypto import (
    CallbackKeys,
    Envelope,
    ForgedCallbackError,
    MalformedCallbackError,
)
from wechat.callbacks.storable import storable
from wechat.callbacks.storing import store
from wechat.models import CallbackSource

logger = get_logger(__name__)


def envelope_of(request: HttpRequest) -> Envelope:
    """The signed query; raises `MalformedCallbackError` when a part is missing."""
    parts = [request.GET.get(name, "") for name in ("msg_signature", "timestamp", "nonce")]
    if not all(parts):
        raise MalformedCallbackError
    return Envelope(*parts)


def body_of(request: HttpRequest) -> bytes:
    """The body; raises `MalformedCallbackError` beyond `CALLBACK_BODY_LIMIT_BYTES`."""
    declared = whole_number(request.META.get("CONTENT_LENGTH") or "0")
    if declared is None or declared > settings.CALLBACK_BODY_LIMIT_BYTES:
        raise MalformedCallbackError
    body = request.body
    if len(body) > settings.CALLBACK_BODY_LIMIT_BYTES:
        raise MalformedCallbackError
    return body


def verify_url(request: HttpRequest, keys: CallbackKeys) -> HttpResponse:
    """The platform's check of our URL: the plain echostr, nothing around it, within a second."""
    try:
        # A `+` that some proxy turned into a space is the usual failure.
        echostr = request.GET.get("echostr", "").replace(" ", "+")
        if not echostr:
            raise MalformedCallbackError
        plain = crypto.open_sealed(keys, envelope_of(request), echostr)
    except (ForgedCallbackError, MalformedCallbackError) as error:
        return refuse(request, error)
    return HttpResponse(plain, content_type="text/plain; charset=utf-8")


def receive_app(request: HttpRequest) -> HttpResponse:
    """An app's callback: encrypted XML. An empty 200 says "accepted, no reply"."""
    try:
        sealed = crypto.parse_xml(body_of(request)).get("Encrypt")
        if not isinstance(sealed, str):
            raise MalformedCallbackError
        plain = crypto.open_sealed(crypto.app_keys(), envelope_of(request), sealed)
        payload = crypto.parse_xml(plain.encode())
    except (ForgedCallbackError, MalformedCallbackError) as error:
        return refuse(request, error)
    store(CallbackSource.WECOM_APP, dedupe.app_key(payload, plain), payload)
    return HttpResponse("", content_type="text/plain; charset=utf-8")


class AibotView(View):
    """The smart robot's URL: verification and encrypted JSON (wechat-protocol.md §1.4, §3.1)."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return verify_url(request, crypto.aibot_keys())

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            sealed = crypto.parse_json(body_of(request)).get("encrypt")
            if not isinstance(sealed, str):
                raise MalformedCallbackError
            plain = crypto.open_sealed(crypto.aibot_keys(), envelope_of(request), sealed)
            payload = storable(crypto.parse_json(plain))
        except (ForgedCallbackError, MalformedCallbackError) as error:
            return refuse(request, error)
        store(CallbackSource.AIBOT, dedupe.aibot_key(payload, plain), payload)
        return HttpResponse("", content_type="text/plain; charset=utf-8")


def refuse(request: HttpRequest, error: Exception) -> HttpResponse:
    """403 for what is forged, 400 for what is no callback; a log line and nothing else remains."""
    forged = isinstance(error, ForgedCallbackError)
    logger.warning("callback_refused", path=request.path, forged=forged)
    if forged:
        return error_response("forged", "签名或内容校验失败", status=403)
    return error_response("malformed", "不是有效的回调", status=400)
