"""`/`: where to go."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def home(request: HttpRequest) -> HttpResponse:
    return render(
        request, "home.html", {"sandbox": settings.SANDBOX, "bot_name": settings.AIBOT_NAME}
    )
