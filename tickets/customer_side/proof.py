"""The phone that this browser has proved, for half an hour: in a signed cookie of the form alone.

Not in the session: a colleague's login shares it, and the table would keep the number for weeks.
"""

from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse

COOKIE = "submit_phone"
PATH = "/submit/"
PURPOSE = "submit"
LIFETIME = timedelta(minutes=30)


def proved_phone(request: HttpRequest) -> str:
    """In E.164; empty when none was proved, or too long ago."""
    found = request.get_signed_cookie(COOKIE, default=None, salt=COOKIE, max_age=LIFETIME)
    return found or ""


def remember(response: HttpResponse, phone: str) -> None:
    response.set_signed_cookie(
        COOKIE,
        phone,
        salt=COOKIE,
        max_age=LIFETIME,
        path=PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def forget(response: HttpResponse) -> None:
    response.delete_cookie(COOKIE, path=PATH, samesite="Lax")
