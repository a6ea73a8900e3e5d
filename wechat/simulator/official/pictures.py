"""Pictures that followers send: what `PicUrl` of a callback leads to."""

import secrets
import struct
import zlib

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse

from wechat.simulator.answers import InvalidRequest, sandbox_api
from wechat.simulator.models import Picture

LARGEST_BYTES = 2 * 1024 * 1024
KINDS = {b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF8": "image/gif"}
# Of whoever sends one without choosing it.
ANY = "any"
_SIDE, _RGB = 64, b"\x2b\x68\xcf"


def url_of(name: str) -> str:
    return f"{settings.SANDBOX_CALLBACK_BASE}/sandbox/api/official/pictures/{name}"


@sandbox_api("POST")
def upload(request: HttpRequest) -> HttpResponse:
    """Multipart field `picture`, at most 2 MB → `{"url"}`, for `send_image`."""
    file = request.FILES.get("picture")
    if file is None or file.size is None or not 0 < file.size <= LARGEST_BYTES:
        raise InvalidRequest("picture", "必须是 2 MB 以内的图片")
    content = file.read()
    kind = next((name for start, name in KINDS.items() if content.startswith(start)), "")
    if not kind:
        raise InvalidRequest("picture", "必须是 PNG、JPEG 或 GIF")
    row = Picture.objects.create(name=secrets.token_urlsafe(16), kind=kind, content=content)
    return JsonResponse({"url": url_of(row.name)}, status=201)


@sandbox_api("GET", "HEAD")
def picture(request: HttpRequest, name: str) -> HttpResponse:
    if name == ANY:
        return HttpResponse(_plain_png(), content_type="image/png")
    row = Picture.objects.filter(name=name).first()
    if row is None:
        return HttpResponse(status=404)
    return HttpResponse(bytes(row.content), content_type=row.kind)


def content_of(name: str) -> bytes:
    """A picture that was uploaded; the blue square where there is none of that name."""
    row = Picture.objects.filter(name=name).first()
    return bytes(row.content) if row is not None else _plain_png()


def _plain_png() -> bytes:
    """A blue square."""
    rows = (b"\x00" + _RGB * _SIDE) * _SIDE
    header = struct.pack(">IIBBBBB", _SIDE, _SIDE, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in parts
    )
