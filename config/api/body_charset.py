"""Bodies are UTF-8: in another charset (`utf-7`, `hex`) they would hold what no text column can."""

import codecs
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from config.api.errors import error_response

# Other forms Django refuses by itself; callbacks in XML say in their own prologue what they are.
_READ = frozenset({"multipart/form-data", "application/json"})
_TAKEN = frozenset({"utf-8", "ascii"})


class BodyCharsetMiddleware:
    """Whatever the request says of its charset is believed by everything further on."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        charset = request.encoding
        if charset and request.content_type in _READ and codecs.lookup(charset).name not in _TAKEN:
            return error_response("unsupported_charset", "请求正文必须是 UTF-8 编码", status=415)
        return self.get_response(request)
