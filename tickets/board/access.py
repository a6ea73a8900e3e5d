"""Who may open the staff pages: colleagues with a session."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from customers.models import User

Page = Callable[..., HttpResponseBase]


def staff_page(page: Page) -> Page:
    """Sends strangers to the login; tells customers that this is not for them."""

    @wraps(page)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        user = request.user
        if not user.is_authenticated:
            return redirect_to_login(request.get_full_path(), reverse("console-login"))
        if not isinstance(user, User) or not user.is_team_member:
            return render(request, "console/not_staff.html", status=403)
        return page(request, *args, **kwargs)

    return guarded
