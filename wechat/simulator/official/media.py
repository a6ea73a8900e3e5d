"""What followers send, handed out to the account: `media/get` (§2.8)."""

import base64
import binascii
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse

from wechat.simulator.answers import InvalidRequest, platform
from wechat.simulator.contacts.acts.told import word
from wechat.simulator.faults import misbehave
from wechat.simulator.media import handed_out, keep_media, kept_media
from wechat.simulator.official import pictures
from wechat.simulator.official.tokens import require_token

OWNER = "mp"
_MOST_BASE64 = 30_000_000
_SILENCE = b"#!AMR\n" + bytes([0x3C]) + bytes(31)
_FILM = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + b"\x00\x00\x00\x08free"
_NAMES = {"image": "image.png", "voice": "voice.amr", "video": "video.mp4"}


def sent(body: dict[str, Any], kind: str, url: str = "") -> str:
    """A MediaId for what is sent: `media_id` names any, even none; `base64` with `filename` is any
    file; else the picture behind a `url` of ours, or the sandbox's own picture, voice or film."""
    if "media_id" in body:
        return word(body, "media_id", most=128)
    name = word(body, "filename", default=_NAMES[kind])
    if "base64" not in body:
        return keep_media(kind, OWNER, _ours(kind, url), name).media_id
    try:
        content = base64.b64decode(word(body, "base64", most=_MOST_BASE64))
    except (binascii.Error, ValueError):
        raise InvalidRequest("base64", "不是有效的 Base64") from None
    return keep_media(kind, OWNER, content, name).media_id


def thumb() -> str:
    """A film's picture."""
    return keep_media("image", OWNER, pictures.content_of(pictures.ANY), "thumb.png").media_id


def _ours(kind: str, url: str) -> bytes:
    if kind == "image":
        return pictures.content_of(url.rpartition("/")[2])
    return _SILENCE if kind == "voice" else _FILM


@platform("GET")
def media_get(request: HttpRequest) -> HttpResponse:
    """`GET media/get?media_id=`: the file, for a film where it is, or 40007."""
    require_token(request)
    return misbehave("WECHAT", lambda: _answer(request))


@platform("GET")
def film(request: HttpRequest, media_id: str) -> HttpResponse:
    """Where `video_url` leads; whoever has the address may see it."""
    return handed_out(kept_media(media_id, owner=OWNER))


def _answer(request: HttpRequest) -> HttpResponse:
    media = kept_media(request.GET.get("media_id", ""), owner=OWNER)
    if media.kind == "video":
        url = request.build_absolute_uri(f"/sandbox/mp/films/{media.media_id}")
        return JsonResponse({"video_url": url})
    return handed_out(media)
