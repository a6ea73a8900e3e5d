"""Message templates in the operators' admin."""

from functools import partial
from typing import Any, cast

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import action

from customers.models import User
from messaging.actions.templates import template_save
from messaging.admin.template_trial import trial_view
from messaging.forms import TemplateForm
from messaging.models import MessageTemplate, TemplateVersion
from messaging.rendering import source_of


class VersionInline(TabularInline):
    model = TemplateVersion
    fields = ["version", "subject", "body", "created_by", "created_at"]
    readonly_fields = fields
    extra = 0
    max_num = 0
    can_delete = False
    ordering = ["-version"]


@admin.register(MessageTemplate)
class MessageTemplateAdmin(ModelAdmin):
    form = TemplateForm
    list_display = ["name", "code", "channel", "push_mode", "schedule", "status", "version"]
    list_filter = ["channel", "push_mode", "status"]
    search_fields = ["name", "code"]
    readonly_fields = ["version", "names"]
    inlines = [VersionInline]
    actions_detail = ["try_out"]

    def get_urls(self) -> list[URLPattern]:
        trial = self.admin_site.admin_view(partial(trial_view, self))
        name = "messaging_messagetemplate_trial"
        return [path("<int:pk>/trial/", trial, name=name), *super().get_urls()]

    @action(description="预览与测试", icon="visibility")
    def try_out(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return redirect("admin:messaging_messagetemplate_trial", int(object_id))

    @admin.display(description="变量")
    def names(self, template: MessageTemplate) -> str:
        return "、".join(source_of(template).names) or "无"

    def save_model(
        self, request: HttpRequest, obj: MessageTemplate, form: Any, change: bool
    ) -> None:
        template_save(obj, actor=cast("User", request.user))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Messages keep the template that they were rendered from; switch it off instead."""
        return False
