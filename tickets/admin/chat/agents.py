"""Who takes chats, how many at once, and in which groups, in the operators' admin."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from unfold.admin import ModelAdmin
from unfold.decorators import display

from customers.queries.staff import team_members
from tickets.admin.dispatch import PRESENCE_COLOURS
from tickets.chat.assignment.actions import queue_look
from tickets.chat.slots import limit_of
from tickets.models import ChatAgent, ChatGroup, PresenceStatus
from tickets.presence.queries import statuses_of

HIGHEST = 100


class ChatAgentForm(forms.ModelForm):
    class Meta:
        model = ChatAgent
        fields = ["user", "accepts_chats", "max_chats"]
        help_texts = {
            "accepts_chats": "关闭后不再分配新的会话，已有的会话不变",
            "max_chats": "留空表示与全局设置 chat.max_concurrent 相同；调低不会结束已有的会话",
        }

    def clean_max_chats(self) -> int | None:
        limit: int | None = self.cleaned_data["max_chats"]
        if limit is not None and not 1 <= limit <= HIGHEST:
            raise forms.ValidationError(f"请填 1 到 {HIGHEST}，或留空")
        return limit


class _TeamAdmin(ModelAdmin):
    """People are chosen among the team; their accounts are made and changed on their own pages."""

    list_per_page = 50
    people: tuple[str, ...] = ()

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        return super().get_changelist_instance(request)

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        if db_field.name in self.people:
            kwargs["queryset"] = team_members().order_by("name", "username")
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and db_field.name in self.people:
            for verb in ("add", "change", "delete", "view"):
                setattr(field.widget, f"can_{verb}_related", False)
        return field


@admin.register(ChatAgent)
class ChatAgentAdmin(_TeamAdmin):
    """Made by itself when somebody goes online for chats; whoever waits gets a raised limit at once."""

    form = ChatAgentForm
    people = ("user",)
    fields = ["user", "accepts_chats", "max_chats"]
    list_display = [
        "user",
        "accepts_chats",
        "shown_presence",
        "shown_load",
        "shown_groups",
        "last_assigned_at",
    ]
    list_filter = ["accepts_chats"]
    list_select_related = ["user"]
    search_fields = ["user__name", "user__username"]
    search_help_text = "姓名或用户名"

    def get_queryset(self, request: HttpRequest) -> QuerySet[ChatAgent]:
        rows: QuerySet[ChatAgent] = super().get_queryset(request)
        return rows.prefetch_related("user__chat_groups")

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """The presence of the page's people, asked for all at once."""
        page = super().get_changelist_instance(request)
        page.result_list = list(page.result_list)
        statuses = statuses_of([row.user_id for row in page.result_list], timezone.now())
        for row in page.result_list:
            row.standing = statuses[row.user_id]
        return page

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["user"] if obj else []

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Their slots are counted here as long as they have chats: switch the reception off."""
        return False

    def save_model(self, request: HttpRequest, obj: ChatAgent, form: Any, change: bool) -> None:
        # The count of what is taken is not the form's.
        obj.save(update_fields=["accepts_chats", "max_chats", "updated_at"] if change else None)
        queue_look()

    @display(description="状态", label=PRESENCE_COLOURS)
    def shown_presence(self, row: Any) -> tuple[str, str]:
        return row.standing, str(PresenceStatus(row.standing).label)

    @admin.display(description="接待中 / 上限")
    def shown_load(self, row: ChatAgent) -> str:
        return f"{row.load} / {limit_of(row)}"

    @admin.display(description="客服组")
    def shown_groups(self, row: ChatAgent) -> str:
        return "、".join(group.name for group in row.user.chat_groups.all()) or "—"


@admin.register(ChatGroup)
class ChatGroupAdmin(_TeamAdmin):
    people = ("members",)
    fields = ["name", "members"]
    filter_horizontal = ["members"]
    list_display = ["name", "shown_members", "created_at"]
    search_fields = ["name"]
    search_help_text = "名称"

    def get_queryset(self, request: HttpRequest) -> QuerySet[ChatGroup]:
        rows: QuerySet[ChatGroup] = super().get_queryset(request)
        return rows.annotate(size=Count("members"))

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        queue_look()

    @admin.display(description="成员", ordering="size")
    def shown_members(self, group: Any) -> str:
        return f"{group.size} 人"
