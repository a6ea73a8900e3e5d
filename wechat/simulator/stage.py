"""Pages on which a newcomer plays: `/sandbox/stage/`, the phone and the member's chat within it."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from wechat.simulator.answers import sandbox_api


@sandbox_api("GET", "HEAD")
def stage(request: HttpRequest) -> HttpResponse:
    """Customer, member and supervisor side by side."""
    return render(request, "sandbox/stage.html", {"bot_name": settings.AIBOT_NAME})


@sandbox_api("GET", "HEAD")
def phone(request: HttpRequest) -> HttpResponse:
    """The customer's: `?openid=` says whose, `?line=kf` opens WeChat customer service."""
    return render(request, "sandbox/phone.html")


@sandbox_api("GET", "HEAD")
def beside(request: HttpRequest) -> HttpResponse:
    """A member's chat with a customer, the sidebar beside it."""
    return render(request, "sandbox/beside.html")
