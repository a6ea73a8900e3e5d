"""Logins in the operators' admin."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.http import HttpRequest, HttpResponse
from unfold.admin import ModelAdmin
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from config.api.roles import Role
from customers.models import User
from customers.queries.handovers import left_behind

admin.site.unregister(Group)


@admin.register(User)
class UserAdmin(DjangoUserAdmin, ModelAdmin):
    """Logins. Who may open the admin has `is_staff`; what they see is the visibility rule's."""

    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = ["username", "name", "role", "wecom_user_id", "is_active"]
    list_filter = ["role", "is_active", ("resigned_at", admin.EmptyFieldListFilter)]
    search_fields = ["username", "name", "wecom_user_id"]
    autocomplete_fields = ["customer"]
    change_form_outer_before_template = "admin/customers/user/_left_behind.html"
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        ("身份", {"fields": ("name", "role", "wecom_user_id", "customer", "email", "resigned_at")}),
        (
            "后台权限",
            {"fields": ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")},
        ),
        ("时间", {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (
            None,
            {
                "classes": ("wide",),
                "fields": ("username", "name", "role", "wecom_user_id", "password1", "password2"),
            },
        ),
    )

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        """With what somebody still has, for whoever may hand it over."""
        may = request.user.has_perm("customers.add_handover")
        if isinstance(obj, User) and obj.role != Role.CUSTOMER and may:
            context["left_behind"] = left_behind(obj)
        page: HttpResponse = super().render_change_form(
            request, context, add, change, form_url, obj
        )
        return page
