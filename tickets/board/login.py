"""`/console/login/`: colleagues log in here, whether or not they may open the admin."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django_ratelimit.core import is_ratelimited

from customers.models import User


class StaffLoginForm(AuthenticationForm):
    username = forms.CharField(label="用户名", max_length=150)
    error_messages = {
        "invalid_login": "用户名或密码不正确",
        "inactive": "这个账号已停用",
    }

    def confirm_login_allowed(self, user: Any) -> None:
        super().confirm_login_allowed(user)
        if not isinstance(user, User) or not user.is_team_member:
            raise ValidationError("工作台只对员工开放", code="not_staff")


class StaffLoginView(LoginView):
    """Counts attempts as the token's door does, under the same setting."""

    template_name = "console/login.html"
    authentication_form = StaffLoginForm
    redirect_authenticated_user = True
    next_page = "console"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.get_form()
        for key in ("ip", _username):
            if is_ratelimited(
                request, group="console.login", key=key, rate=settings.LOGIN_RATE, increment=True
            ):
                form.errors.setdefault("__all__", form.error_class(["登录过于频繁，请稍后再试"]))
                answer: HttpResponse = self.render_to_response(self.get_context_data(form=form))
                answer.status_code = 429
                return answer
        return super().post(request, *args, **kwargs)


class StaffLogoutView(LogoutView):
    """By POST only."""

    next_page = "console-login"


def _username(group: str, request: HttpRequest) -> str:
    return str(request.POST.get("username", ""))[:150].lower()
