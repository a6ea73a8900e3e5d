"""Bodies over the limit are refused before anyone reads them (413)."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from config.api.errors import error_response


class BodyLimitMiddleware:
    """Trusts `Content-Length`: the servers in front (granian, uvicorn) enforce it.

    The admin takes tables of recipients, which are larger. Callbacks have a smaller limit of their
    own, answered with 400 (wechat/callbacks/door.py).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not length.isdigit():
            return error_response("bad_request", "Content-Length 无效", status=400)
        is_admin = request.path.startswith("/admin/")
        limit = settings.ADMIN_BODY_LIMIT_BYTES if is_admin else settings.API_BODY_LIMIT_BYTES
        if int(length) > limit:
            return error_response(
                "request_too_large", f"请求正文不能超过 {limit // 1024 // 1024} MB", status=413
            )
        return self.get_response(request)
