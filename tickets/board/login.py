"""`/console/login/`: colleagues log in here, whether or not they may open the admin."""

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView
from django.core.exceptions import ValidationError
from django.http import HttpResponse

from config.login.form import CountedForm, answered
from customers.models import User


class StaffLoginForm(CountedForm, AuthenticationForm):
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
    template_name = "console/login.html"
    authentication_form = StaffLoginForm
    redirect_authenticated_user = True
    next_page = "console"

    def form_invalid(self, form: Any) -> HttpResponse:
        return answered(super().form_invalid(form))


class StaffLogoutView(LogoutView):
    """By POST only."""

    next_page = "console-login"
