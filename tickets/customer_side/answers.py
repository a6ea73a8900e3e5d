"""How pages without a login answer: kept by nobody, indexed by nobody, running nothing foreign."""

from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render

from config.errors import AppError, ConflictError, NotAllowedError, NotFoundError

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors "
)


def sealed(response: HttpResponse, *, referrer: str = "same-origin") -> HttpResponse:
    """`response` with the headers of such pages."""
    response["Cache-Control"] = "no-store, private"
    response["Referrer-Policy"] = referrer
    response["X-Robots-Tag"] = "noindex, nofollow"
    # The sandbox's phone opens them as WeChat's browser would.
    response["Content-Security-Policy"] = POLICY + ("'self'" if settings.SANDBOX else "'none'")
    return response


def link_gone(request: HttpRequest) -> HttpResponse:
    """One page for what is forged, altered, expired, revoked, or never was."""
    page = render(request, "tickets/link_gone.html", status=HTTPStatus.NOT_FOUND)
    return sealed(page, referrer="no-referrer")


def see_other(url: str) -> HttpResponseRedirect:
    """After an act: a reload asks for the page, not for the act."""
    response = HttpResponseRedirect(url)
    response.status_code = HTTPStatus.SEE_OTHER
    response["Cache-Control"] = "no-store"
    return response


def status_of(error: AppError) -> int:
    """The HTTP status of what an act refused."""
    if getattr(error, "wait_seconds", 0):
        return HTTPStatus.TOO_MANY_REQUESTS
    if error.code == "codes_unavailable":
        return HTTPStatus.SERVICE_UNAVAILABLE
    kinds = {
        NotAllowedError: HTTPStatus.FORBIDDEN,
        NotFoundError: HTTPStatus.NOT_FOUND,
        ConflictError: HTTPStatus.CONFLICT,
    }
    found = (status for kind, status in kinds.items() if isinstance(error, kind))
    return next(found, HTTPStatus.BAD_REQUEST)


def say_when(response: HttpResponseBase, error: AppError | None) -> None:
    """`Retry-After`, where the refusal knows it."""
    wait = getattr(error, "wait_seconds", 0)
    if wait:
        response["Retry-After"] = str(wait)


def wants_json(request: HttpRequest) -> bool:
    """The page's own script asks; a plain form gets a page."""
    return request.headers.get("Accept", "") == "application/json"
