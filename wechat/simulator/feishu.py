"""A Feishu group's custom robots (wechat-protocol.md §7.2): signature, keyword, limits, shapes."""

import base64
import hashlib
import hmac
import json
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

from wechat.simulator.answers import InvalidRequest, PlatformError, json_object, sandbox_api
from wechat.simulator.faults import misbehave
from wechat.simulator.models import Delivery

REQUEST_BYTES = 20 * 1024
SIGNATURE_SECONDS = 3600
PER_MINUTE, PER_SECOND = 100, 5
BAD_REQUEST, BAD_TOKEN, BAD_SIGN, NO_KEYWORD, TOO_MANY = 9499, 19001, 19021, 19024, 11232
# How an ordered `rate_limited` reads here.
_IN_FEISHUS_WORDS: dict[int | str, int] = {45009: TOO_MANY}


@dataclass(frozen=True)
class Robot:
    secret: str = ""
    keyword: str = ""
    # Older robots answer in another shape.
    is_old: bool = False


ROBOTS = {
    "sandbox-signed": Robot(secret="sandbox-feishu-secret"),  # noqa: S106 - the sandbox's own
    "sandbox-plain": Robot(),
    "sandbox-old": Robot(is_old=True),
    "sandbox-keyword": Robot(keyword="告警"),
}


@sandbox_api("POST")
def hook(request: HttpRequest, token: str) -> HttpResponse:
    """`POST /open-apis/bot/v2/hook/<token>`."""
    try:
        return misbehave("FEISHU", lambda: _deliver(request, token))
    except PlatformError as error:
        code = _IN_FEISHUS_WORDS.get(error.errcode, error.errcode)
        return JsonResponse({"code": code, "msg": error.errmsg, "data": {}})


def _deliver(request: HttpRequest, token: str) -> HttpResponse:
    robot = ROBOTS.get(token)
    if robot is None:
        raise PlatformError(BAD_TOKEN, "param invalid: incoming webhook access token invalid")
    body = _body(request)
    if robot.secret:
        _check_sign(body, robot.secret)
    _CHECKS.get(str(body.get("msg_type")), _unknown)(body)
    if robot.keyword not in json.dumps(body, ensure_ascii=False):
        raise PlatformError(NO_KEYWORD, "Key Words Not Found")
    with transaction.atomic():
        for seconds, most in ((60, PER_MINUTE), (1, PER_SECOND)):
            since = timezone.now() - timedelta(seconds=seconds)
            sent = Delivery.objects.filter(channel="FEISHU", to=token, received_at__gt=since)
            if sent.count() >= most:
                raise PlatformError(TOO_MANY, "too many request")
        Delivery.objects.create(channel="FEISHU", to=token, payload=body)
    if robot.is_old:
        return JsonResponse({"Extra": None, "StatusCode": 0, "StatusMessage": "success"})
    return JsonResponse({"code": 0, "msg": "success", "data": {}})


def _body(request: HttpRequest) -> dict[str, Any]:
    if len(request.body) > REQUEST_BYTES:
        raise PlatformError(BAD_REQUEST, "request body exceeds 20 KB")
    try:
        return json_object(request)
    except InvalidRequest:
        raise PlatformError(BAD_REQUEST, "Bad Request") from None


def _check_sign(body: dict[str, Any], secret: str) -> None:
    """base64 of HMAC-SHA256 whose key is the string to sign, over nothing."""
    timestamp, sign = str(body.get("timestamp", "")), str(body.get("sign", ""))
    key = f"{timestamp}\n{secret}".encode()
    expected = base64.b64encode(hmac.digest(key, b"", hashlib.sha256)).decode()
    is_fresh = (
        timestamp.isascii()
        and timestamp.isdigit()
        and abs(time.time() - int(timestamp[:12])) <= SIGNATURE_SECONDS
    )
    if not is_fresh or sign != expected:
        raise PlatformError(BAD_SIGN, "sign match fail or timestamp is not within one hour")


def _require(condition: object, what: str) -> None:
    if not condition:
        raise PlatformError(BAD_REQUEST, f"Bad Request: {what}")


def _unknown(_body: dict[str, Any]) -> None:
    _require(condition=False, what="msg_type")


def _content(body: dict[str, Any]) -> dict[str, Any]:
    content = body.get("content")
    _require(isinstance(content, dict), "content")
    assert isinstance(content, dict)
    return content


def _text(body: dict[str, Any]) -> None:
    text = _content(body).get("text")
    _require(isinstance(text, str) and text, "content.text")


def _post(body: dict[str, Any]) -> None:
    post = _content(body).get("post")
    _require(isinstance(post, dict) and post, "content.post")
    assert isinstance(post, dict)
    for language in post.values():
        _require(isinstance(language, dict), "language")
        _require(isinstance(language.get("title", ""), str), "title")
        lines = language.get("content")
        _require(isinstance(lines, list) and lines, "content")
        for line in lines:
            _require(isinstance(line, list), "line")
            for part in line:
                _part(part)


_TAGS = {"text": ("text",), "a": ("text", "href"), "at": ("user_id",), "img": ("image_key",)}


def _part(part: Any) -> None:
    _require(isinstance(part, dict) and part.get("tag") in _TAGS, "tag")
    for name in _TAGS[part["tag"]]:
        _require(isinstance(part.get(name), str), name)


def _card(body: dict[str, Any]) -> None:
    _require(isinstance(body.get("card"), dict) and body["card"], "card")


def _image(body: dict[str, Any]) -> None:
    _require(isinstance(_content(body).get("image_key"), str), "image_key")


def _share(body: dict[str, Any]) -> None:
    _require(isinstance(_content(body).get("share_chat_id"), str), "share_chat_id")


_CHECKS = {
    "text": _text,
    "post": _post,
    "interactive": _card,
    "image": _image,
    "share_chat": _share,
}
