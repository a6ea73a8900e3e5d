"""Logins in the operators' admin."""

from typing import Any

from django import forms
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from unfold.admin import ModelAdmin
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from config.api.roles import Role
from customers.models import User
from customers.permission_groups.registry import OWN_APPS, StaffGroup
from customers.queries.handovers import left_behind

admin.site.unregister(Group)
VERBS = {"view": "查看", "add": "新增", "change": "修改", "delete": "删除"}


class PermissionsField(forms.ModelMultipleChoiceField):
    """Django has the verbs of its permissions in English."""

    def label_from_instance(self, obj: Any) -> str:
        verb = obj.codename.partition("_")[0]
        own = verb in VERBS and obj.codename == f"{verb}_{obj.content_type.model}"
        what = f"{VERBS[verb]}{obj.content_type.name}" if own else obj.name
        app = apps.get_app_config(obj.content_type.app_label).verbose_name
        return f"{app} · {what}"


@admin.register(User)
class UserAdmin(DjangoUserAdmin, ModelAdmin):
    """Logins. Who may open the admin has `is_staff`; what they see is the visibility rule's."""

    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = ["username", "name", "role", "shown_groups", "wecom_user_id", "is_active"]
    actions: list[Any] = []
    # Names and addresses are the person's own; what they may do is what the history is for.
    audit_values = (
        "role",
        "wecom_user_id",
        "is_active",
        "is_staff",
        "is_superuser",
        "groups",
        "user_permissions",
        "resigned_at",
    )
    list_filter = ["role", "is_active", "groups", ("resigned_at", admin.EmptyFieldListFilter)]
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
                "fields": (
                    *("username", "name", "role", "wecom_user_id"),
                    *("is_staff", "groups", "password1", "password2"),
                ),
            },
        ),
    )

    def formfield_for_manytomany(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        if db_field.name == "user_permissions":
            kwargs["form_class"] = PermissionsField
            kwargs["queryset"] = _permissions_with_pages()
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        users: QuerySet[User] = super().get_queryset(request)
        return users.prefetch_related("groups")

    @admin.display(description="权限组")
    def shown_groups(self, user: User) -> str:
        if user.is_superuser:
            return "全部权限"
        names = sorted(group.name for group in user.groups.all())
        if not names and user.role == Role.STAFF:
            return f"{StaffGroup.AGENT.value}（默认）"
        return "、".join(names) or "—"

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Nobody gives more than they have: who is no superuser makes none, and grants no rights."""
        fixed = list(super().get_readonly_fields(request, obj))
        if not request.user.is_superuser:
            fixed += ["is_superuser", "user_permissions"]
            if not _may_grant(request):
                fixed += ["role", "is_staff", "groups"]
        return fixed

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A superuser's account, its password too, is for superusers."""
        allowed = bool(super().has_change_permission(request, obj))
        is_above = obj is not None and obj.is_superuser and not request.user.is_superuser
        return allowed and not is_above

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Histories name who acted: an account is switched off, not taken away."""
        return False

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


def _permissions_with_pages() -> QuerySet[Permission]:
    """Those that some page of the admin asks for: of its lists, and of the tables inside its pages."""
    known = set()
    for model, page in admin.site._registry.items():  # noqa: SLF001  (there is no other way)
        known |= {model, *(inline.model for inline in page.inlines)}
    kinds = ContentType.objects.get_for_models(*known).values()
    rows = Permission.objects.filter(content_type__in=kinds).filter(
        content_type__app_label__in=OWN_APPS
    )
    return rows.select_related("content_type")


def _may_grant(request: HttpRequest) -> bool:
    """Only who may do everything decides what others may do."""
    is_one = request.user.groups.filter(name=StaffGroup.ADMINISTRATOR.value).exists()
    return bool(request.user.is_superuser or is_one)
