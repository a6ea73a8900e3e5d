"""What a page may load and run (Content-Security-Policy): our own files, and no script written into it.

A view that knows better sets the header itself, or says with `also_from` what else its page needs.
"""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, ParamSpec

from django.http import HttpRequest, HttpResponse, HttpResponseBase

_P = ParamSpec("_P")
HEADER = "Content-Security-Policy"
SELF, NONE, INLINE, EVAL = "'self'", "'none'", "'unsafe-inline'", "'unsafe-eval'"
Sources = dict[str, tuple[str, ...]]

OURS: Sources = {
    "default-src": (NONE,),
    "script-src": (SELF,),
    "style-src": (SELF,),
    "img-src": (SELF, "data:", "blob:"),
    "media-src": (SELF, "blob:"),
    "font-src": (SELF,),
    "connect-src": (SELF,),
    "frame-src": (SELF,),
    "manifest-src": (SELF,),
    "form-action": (SELF,),
    "base-uri": (NONE,),
}
# The admin's theme evaluates the expressions in its own markup (Alpine) and styles by attributes. No
# script in a page runs there either: what people write would have to become such an attribute.
ADMIN: Sources = {
    "script-src": (EVAL,),
    "style-src": (INLINE,),
    # Codes and faces lie with the platform.
    "img-src": ("https:",),
}
ADMIN_PREFIX = "/admin/"
_WANTED = "content_policy_also"


def also_from(
    **sources: Iterable[str],
) -> Callable[[Callable[_P, HttpResponse]], Callable[_P, HttpResponse]]:
    """A view whose page needs more: `@also_from(script_src=["https://res.wx.qq.com"])`."""
    more = {name.replace("_", "-"): tuple(given) for name, given in sources.items()}

    def decorate(view: Callable[_P, HttpResponse]) -> Callable[_P, HttpResponse]:
        @wraps(view)
        def wanting(*args: _P.args, **kwargs: _P.kwargs) -> HttpResponse:
            response = view(*args, **kwargs)
            setattr(response, _WANTED, more)
            return response

        return wanting

    return decorate


def policy(*more: Sources, framed_by: str = NONE) -> str:
    """The header's value: what is `OURS`, and what the others add."""
    parts = []
    for name, given in OURS.items():
        added = [source for sources in more for source in sources.get(name, ())]
        kept = [source for source in given if not (added and source == NONE)]
        parts.append(f"{name} {' '.join(dict.fromkeys([*kept, *added]))}")
    return "; ".join([*parts, f"frame-ancestors {framed_by}"])


class ContentPolicyMiddleware:
    """Every page has a policy; who may frame it is what `X-Frame-Options` says."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        is_page = response.get("Content-Type", "").startswith("text/html")
        if is_page and HEADER not in response:
            wanted: Any = getattr(response, _WANTED, {})
            more = [ADMIN, wanted] if request.path.startswith(ADMIN_PREFIX) else [wanted]
            is_framed = response.get("X-Frame-Options") == "SAMEORIGIN"
            response[HEADER] = policy(*more, framed_by=SELF if is_framed else NONE)
        return response
