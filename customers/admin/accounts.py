"""Logins in the operators' admin."""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from unfold.admin import ModelAdmin
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from customers.models import User

admin.site.unregister(Group)


@admin.register(User)
class UserAdmin(DjangoUserAdmin, ModelAdmin):
    """Logins. Who may open the admin has `is_staff`; what they see is the visibility rule's."""

    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = ["username", "name", "role", "wecom_user_id", "is_active"]
    list_filter = ["role", "is_active"]
    search_fields = ["username", "name", "wecom_user_id"]
    autocomplete_fields = ["customer"]
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        ("身份", {"fields": ("name", "role", "wecom_user_id", "customer", "email")}),
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
