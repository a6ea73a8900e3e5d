"""Canned replies, checklists, custom fields and saved views in the operators' admin."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminTextareaWidget

from config.admin_acts import deleting
from customers.admin.actor import actor_of
from customers.admin.refusals import RefusalsSaid
from tickets.desk import canned_replies
from tickets.desk.checklists import MOST_ITEMS, TEXT_LENGTH
from tickets.desk.saved_views import saved_view_delete, views_visible_to
from tickets.models import CannedReply, ChecklistTemplate, CustomField, SavedView

OPTION_LENGTH, MOST_LINES = 100, 100


class LinesField(forms.CharField):
    """A list of texts, one a line; empty lines and doubles are left out."""

    def __init__(self, *, max_line: int, **kwargs: Any) -> None:
        self.max_line = max_line
        super().__init__(widget=UnfoldAdminTextareaWidget, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(map(str, value)) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        text: str = super().clean(value)
        lines = list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))
        if len(lines) > MOST_LINES:
            raise forms.ValidationError(f"最多 {MOST_LINES} 行")
        if any(len(line) > self.max_line for line in lines):
            raise forms.ValidationError(f"每行最多 {self.max_line} 个字")
        return lines

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(super().has_changed(self.prepare_value(initial), data))


@admin.register(CannedReply)
class CannedReplyAdmin(RefusalsSaid):
    """Administrators write the team's here, colleagues their own."""

    list_display = ["shortcut", "title", "shown_owner", "is_active", "used_count", "updated_at"]
    list_filter = ["is_active"]
    list_select_related = ["owner"]
    search_fields = ["shortcut", "title", "body"]
    list_per_page = 50
    fields = ["shortcut", "title", "body", "is_active"]
    actions = [deleting("条话术")]

    def get_form(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        blanks = "、".join(f"{{{{{name}}}}}" for name in canned_replies.BLANKS)
        kwargs["help_texts"] = {"body": f"可用变量：{blanks}"}
        return super().get_form(request, obj, **kwargs)

    def get_queryset(self, request: HttpRequest) -> QuerySet[CannedReply]:
        return canned_replies.replies_visible_to(actor_of(request)).order_by("shortcut", "id")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or canned_replies.may_change(obj, actor_of(request)))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        allowed = super().has_delete_permission(request, obj)
        return allowed and (obj is None or canned_replies.may_change(obj, actor_of(request)))

    def save_model(self, request: HttpRequest, obj: CannedReply, form: Any, change: bool) -> None:
        given, actor = form.cleaned_data, actor_of(request)
        if change:
            canned_replies.canned_reply_edit(reply_id=obj.pk, changes=given, actor=actor)
            return
        words = {name: given[name] for name in ("shortcut", "title", "body")}
        made = canned_replies.canned_reply_create(actor=actor, is_team=actor.sees_all, **words)
        obj.pk, obj.owner = made.pk, made.owner

    def delete_model(self, request: HttpRequest, obj: CannedReply) -> None:
        canned_replies.canned_reply_delete(reply_id=obj.pk, actor=actor_of(request))

    @admin.display(description="所属", ordering="owner")
    def shown_owner(self, reply: CannedReply) -> str:
        return reply.owner.display_name if reply.owner else "团队"


class ChecklistTemplateForm(forms.ModelForm):
    products = LinesField(
        label="产品", max_line=100, required=False, help_text="一行一个；不填则用于全部产品"
    )
    items = LinesField(
        label="步骤", max_line=TEXT_LENGTH, help_text=f"一行一步，最多 {MOST_ITEMS} 步"
    )

    class Meta:
        model = ChecklistTemplate
        fields = ["name", "products", "items", "is_active"]


@admin.register(ChecklistTemplate)
class ChecklistTemplateAdmin(ModelAdmin):
    form = ChecklistTemplateForm
    list_display = ["name", "shown_products", "shown_steps", "is_active", "updated_at"]
    list_filter = ["is_active"]
    search_fields = ["name"]
    actions = [deleting("个清单")]

    @admin.display(description="产品")
    def shown_products(self, template: ChecklistTemplate) -> str:
        return "、".join(template.products) or "全部"

    @admin.display(description="步骤数")
    def shown_steps(self, template: ChecklistTemplate) -> int:
        return len(template.items)


class CustomFieldForm(forms.ModelForm):
    options = LinesField(
        label="选项", max_line=OPTION_LENGTH, required=False, help_text="一行一个，仅用于单选"
    )

    class Meta:
        model = CustomField
        fields = ["label", "key", "kind", "options", "is_required", "is_active", "position"]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if given.get("kind") == CustomField.Kind.CHOICE and not given.get("options"):
            self.add_error("options", "单选至少要有一个选项")
        return given


@admin.register(CustomField)
class CustomFieldAdmin(ModelAdmin):
    """A field that tickets have values of is taken out of use, not deleted."""

    form = CustomFieldForm
    list_display = ["label", "key", "kind", "is_required", "is_active", "position"]
    list_filter = ["kind", "is_active"]
    search_fields = ["label", "key"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Values lie under the key, and are of the kind."""
        return ["key", "kind"] if obj is not None else []

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(SavedView)
class SavedViewAdmin(ModelAdmin):
    """To look at and to clear away; they are made where tickets are listed."""

    list_display = ["name", "owner", "is_shared", "position", "updated_at"]
    list_filter = ["is_shared"]
    list_select_related = ["owner"]
    search_fields = ["name"]
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[SavedView]:
        return views_visible_to(actor_of(request)).order_by("owner", "position", "id")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def delete_model(self, request: HttpRequest, obj: SavedView) -> None:
        saved_view_delete(view_id=obj.pk, actor=actor_of(request))
