"""Pictures and files of a group robot: a picture travels inside, a file is uploaded first."""

import base64
import binascii
import hashlib
from collections.abc import Mapping
from typing import Any

import aiohttp
from django.core.cache import cache
from yarl import URL

from config.errors import InvalidInputError
from wechat.client.errors import PlatformAnswer
from wechat.client.http import post_form

# The platform takes pictures of 2 MB and files of 20 MB; ours lie in the template.
MOST_BYTES = 700 * 1024
SMALLEST_BYTES = 5
# A `media_id` lives three days, for that webhook only.
MEDIA_SECONDS = 3 * 24 * 3600 - 3600


def check(options: Mapping[str, Any]) -> None:
    """Raises `InvalidInputError` naming the part of `options.image` or `options.file`."""
    if "image" in options:
        _decoded(options["image"], "options.image")
    if "file" in options:
        _decoded(options["file"], "options.file")
        name = options["file"].get("filename")
        if not isinstance(name, str) or not 0 < len(name) <= 128:
            raise InvalidInputError("需要文件名（至多 128 字）", attr="options.file.filename")


def image(options: Mapping[str, Any]) -> dict[str, Any]:
    """The `image` message: the bytes in base64, and their MD5."""
    raw = _decoded(options["image"], "options.image")
    digest = hashlib.md5(raw).hexdigest()  # noqa: S324 - the platform's choice
    encoded = base64.b64encode(raw).decode()
    return {"msgtype": "image", "image": {"base64": encoded, "md5": digest}}


async def media_id(
    http: aiohttp.ClientSession, webhook: str, upload: Mapping[str, str]
) -> PlatformAnswer | str:
    """The file's `media_id`, uploaded unless this webhook has it already; else the refusal.

    Raises `CallFailed` and aiohttp's errors.
    """
    raw = base64.b64decode(upload["base64"])
    key = "group_bot:media:" + hashlib.sha256(webhook.encode() + raw).hexdigest()
    if known := cache.get(key):
        return str(known)
    url = URL(webhook)
    target = url.with_path(url.path.removesuffix("/send") + "/upload_media")
    target = target.with_query({"key": url.query.get("key", ""), "type": "file"})
    form = aiohttp.FormData()
    form.add_field("media", raw, filename=upload["filename"])
    answer = await post_form(http, target, form)
    if answer.errcode:
        return answer
    found = str(answer.body.get("media_id") or "")
    cache.set(key, found, MEDIA_SECONDS)
    return found


def _decoded(part: Any, attr: str) -> bytes:
    encoded = part.get("base64") if isinstance(part, dict) else None
    if not isinstance(encoded, str):
        raise InvalidInputError("需要 base64 编码的内容", attr=f"{attr}.base64")
    try:
        raw = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        raise InvalidInputError("不是有效的 base64", attr=f"{attr}.base64") from None
    if not SMALLEST_BYTES <= len(raw) <= MOST_BYTES:
        raise InvalidInputError(
            f"大小须在 {SMALLEST_BYTES} 字节到 {MOST_BYTES // 1024} KB 之间", attr=f"{attr}.base64"
        )
    return raw
