"""Tagging rules in the operators' admin: written, tried, run, and stopped where they go in circles."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.forms.widgets import Media
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from unfold.admin import ModelAdmin
from unfold.decorators import action, display

from config.errors import AppError, InvalidInputError
from customers.actions.tag_rules import (
    check_own_tag,
    rule_create,
    rule_delete,
    rule_edit,
    rule_request_run,
)
from customers.admin.actor import actor_of
from customers.admin.conditions_field import EVERYBODY, ConditionsField
from customers.conditions import parse
from customers.models import TagRule
from customers.queries.tag_rules import rule_preview


class TagRuleForm(forms.ModelForm):
    conditions = ConditionsField(label="条件", initial=EVERYBODY)

    class Meta:
        model = TagRule
        fields = ["name", "tag", "conditions", "removes", "is_active"]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("tag") and cleaned.get("conditions") is not None:
            try:
                check_own_tag(
                    parse(cleaned["conditions"]), cleaned["tag"].pk, removes=cleaned["removes"]
                )
            except InvalidInputError as error:
                self.add_error("conditions", error.detail)
        return cleaned


@admin.register(TagRule)
class TagRuleAdmin(ModelAdmin):
    form = TagRuleForm
    list_display = ["name", "tag", "shown_state", "matched", "last_run_at"]
    list_filter = ["is_active"]
    list_select_related = ["tag"]
    search_fields = ["name", "tag__name"]
    readonly_fields = ["matched", "last_run_at", "error", "created_by", "created_at"]
    actions = None
    actions_detail = ["try_out"]
    ordering = ["name"]

    @display(description="状态", label={"运行中": "success", "已停用": "default", "出错": "danger"})
    def shown_state(self, rule: TagRule) -> str:
        if rule.error:
            return "出错"
        return "运行中" if rule.is_active else "已停用"

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        own = ("name", "tag", "conditions", "removes", "is_active")
        shown: list[Any] = [(None, {"fields": own})]
        if obj is not None:
            shown.append(("运行", {"fields": tuple(self.readonly_fields)}))
        return shown

    def save_model(self, request: HttpRequest, obj: TagRule, form: Any, change: bool) -> None:
        cleaned, actor = form.cleaned_data, actor_of(request)
        given: Any = {name: cleaned[name] for name in ("name", "conditions", "removes")}
        given |= {"tag_id": cleaned["tag"].pk, "is_active": cleaned["is_active"]}
        if change:
            rule_edit(rule_id=obj.pk, changes=given, actor=actor)
        else:
            made = rule_create(fields=given, actor=actor)
            obj.pk, obj.created_by = made.pk, made.created_by

    def delete_model(self, request: HttpRequest, obj: TagRule) -> None:
        rule_delete(rule_id=obj.pk, actor=actor_of(request))

    def get_urls(self) -> list[URLPattern]:
        own = self.admin_site.admin_view(self.run_view)
        return [
            path("<int:pk>/run/", own, name="customers_tagrule_run"),
            *super().get_urls(),
        ]

    @action(description="试算与运行", icon="play_arrow", permissions=["change"])
    def try_out(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return redirect("admin:customers_tagrule_run", int(object_id))

    def run_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What a run would change now; POST has it run."""
        rule = get_object_or_404(self.get_queryset(request), pk=pk)
        if not self.has_change_permission(request, rule):
            raise PermissionDenied
        context: dict[str, Any] = {"rule": rule}
        try:
            if request.method == "POST":
                rule_request_run(rule_id=pk, actor=actor_of(request))
                messages.success(request, "已开始运行，完成后可在此看到人数与时间")
                return redirect("admin:customers_tagrule_change", pk)
            context["found"] = rule_preview(rule)
        except AppError as error:
            context["refused"] = error.detail
        shared = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "media": self.media + Media(css={"all": ["customers/conditions.css"]}),
            "title": f"试算：{rule.name}",
        }
        return TemplateResponse(request, "admin/customers/tagrule/run.html", {**shared, **context})
