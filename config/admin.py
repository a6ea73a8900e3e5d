"""API keys in the operators' admin: shown once, then only their prefix."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django_celery_beat.models import (
    ClockedSchedule,
    CrontabSchedule,
    IntervalSchedule,
    PeriodicTask,
    SolarSchedule,
)
from rest_framework_api_key.models import APIKey as LibraryKey
from unfold.admin import ModelAdmin
from unfold.decorators import display
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

import config.audit.admin
import config.runtime.admin  # noqa: F401  (its pages register themselves)
from config.api.keys import ApiKey, Scope

admin.site.unregister(LibraryKey)
# The timetable is in the code; its rows are nobody's to edit.
for _model in (PeriodicTask, ClockedSchedule, CrontabSchedule, IntervalSchedule, SolarSchedule):
    if admin.site.is_registered(_model):
        admin.site.unregister(_model)


class ApiKeyForm(forms.ModelForm):
    scopes = forms.MultipleChoiceField(
        label="权限范围", choices=Scope.choices, widget=UnfoldAdminCheckboxSelectMultipleWidget
    )

    class Meta:
        model = ApiKey
        fields = ["name", "scopes", "expiry_date", "revoked"]
        labels = {"name": "名称", "expiry_date": "有效至", "revoked": "已吊销"}
        help_texts = {
            "name": "给谁用、用来做什么",
            "expiry_date": "不填则一直有效",
            "revoked": "吊销后立即失效，不能恢复",
        }


class RevokedFilter(admin.SimpleListFilter):
    title = "状态"
    parameter_name = "revoked"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("0", "有效"), ("1", "已吊销")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[ApiKey]) -> QuerySet[ApiKey]:
        if self.value() not in ("0", "1"):
            return queryset
        return queryset.filter(revoked=self.value() == "1")


@admin.register(ApiKey)
class ApiKeyAdmin(ModelAdmin):
    form = ApiKeyForm
    list_display = [
        *("shown_name", "shown_prefix", "shown_scopes", "shown_created", "shown_expiry"),
        "shown_state",
    ]
    list_filter = [RevokedFilter]
    search_fields = ["name", "prefix"]
    readonly_fields = ["shown_prefix"]
    fields = ["name", "scopes", "expiry_date", "revoked", "shown_prefix"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What it did is told under its name: a key is revoked."""
        return False

    @admin.display(description="名称", ordering="name")
    def shown_name(self, key: ApiKey) -> str:
        return str(key.name)

    @admin.display(description="前缀", ordering="prefix")
    def shown_prefix(self, key: ApiKey) -> str:
        return str(key.prefix)

    @admin.display(description="权限范围")
    def shown_scopes(self, key: ApiKey) -> str:
        labels = {str(value): str(label) for value, label in Scope.choices}
        return "、".join(labels.get(scope, scope) for scope in key.scopes)

    @admin.display(description="创建时间", ordering="created")
    def shown_created(self, key: ApiKey) -> Any:
        return key.created

    @admin.display(description="有效至", ordering="expiry_date")
    def shown_expiry(self, key: ApiKey) -> Any:
        return key.expiry_date or "一直有效"

    @display(description="状态", label={"on": "success", "off": "danger"})
    def shown_state(self, key: ApiKey) -> tuple[str, str]:
        return ("off", "已吊销") if key.revoked else ("on", "有效")

    def save_model(self, request: HttpRequest, obj: ApiKey, form: Any, change: bool) -> None:
        if change:
            obj.save()
            return
        obj.created_by_id = request.user.pk
        key = ApiKey.objects.assign_key(obj)
        obj.save()
        messages.warning(request, f"密钥只显示这一次，请立即保存：{key}")
