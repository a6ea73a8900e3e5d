"""An act of a page's own (`actions_detail`, `actions_list`): GET asks, POST does it."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse

Act = Callable[..., HttpResponse]


def asked(label: str, effect: str) -> Callable[[Act], Act]:
    """Unfold draws such acts as links, and following a link may change nothing.

    `effect` says what will happen. Stands below unfold's `@action`, which holds the permission.
    """

    def wrap(act: Act) -> Act:
        @wraps(act)
        def view(page: Any, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method == "POST":
                return act(page, request, *args, **kwargs)
            context = {
                **page.admin_site.each_context(request),
                "opts": page.opts,
                "title": label,
                "effect": effect,
                "back": _where_from(page, *args, **kwargs),
            }
            return TemplateResponse(request, "admin/acts/ask.html", context)

        return view

    return wrap


def _where_from(page: Any, object_id: str = "") -> str:
    """The object's page for an act on one, else the list."""
    name = f"admin:{page.opts.app_label}_{page.opts.model_name}_"
    if object_id:
        return reverse(f"{name}change", args=[object_id])
    return reverse(f"{name}changelist")
