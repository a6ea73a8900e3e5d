"""Both SDKs call the root path of their host, which is somebody else's page here."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from wechat.simulator.sms import aliyun, tencent


class SmsDoorMiddleware:
    """Answers what carries a provider's action header; everything else goes on."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.SANDBOX and request.method == "POST" and request.path == "/":
            if "x-acs-action" in request.headers:
                return aliyun.answer(request)
            if "X-TC-Action" in request.headers:
                return tencent.answer(request)
        return self.get_response(request)
