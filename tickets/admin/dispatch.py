"""Who takes tickets and why they got them, in the operators' admin."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.forms.widgets import Media
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import display

from config.admin_site.read_only import ReadOnlyAdmin
from customers.actors import Entry, actor_for
from customers.models import User
from customers.queries.staff import team_members
from tickets.admin.hours_field import HoursField, as_lines
from tickets.dispatch.colleagues import loads_of
from tickets.models import (
    AgentPresence,
    AgentProfile,
    AgentSkill,
    DispatchDecision,
    PresenceStatus,
)
from tickets.presence.queries import statuses_of
from tickets.presence.standing import effective_status
from tickets.visibility import tickets_visible_to

PRESENCE_COLOURS = {
    PresenceStatus.ONLINE: "success",
    PresenceStatus.BUSY: "warning",
    PresenceStatus.OFFLINE: "default",
}
PEOPLE = ("user", "supervisor")


class ProfileForm(forms.ModelForm):
    working_hours = HoursField(
        label="个人工作时间",
        required=False,
        help_text="每行一天或连续几天；留空表示与全局设置 ticket.working_hours 相同",
    )

    class Meta:
        model = AgentProfile
        fields = ["user", "accepts_tickets", "max_open_tickets", "supervisor", "working_hours"]
        help_texts = {
            "accepts_tickets": "关闭后不再自动派单，已有的工单不变；人工分配不受影响",
            "max_open_tickets": "未结束的工单达到这个数后不再自动派单",
            "supervisor": "工单无人响应或超时时通知；留空则通知管理员",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Whoever only looks at the page has no fields.
        if "supervisor" in self.fields:
            self.fields["supervisor"].empty_label = "—"  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("supervisor") and cleaned["supervisor"] == cleaned.get("user"):
            self.add_error("supervisor", "主管不能是本人")
        return cleaned


class SkillInline(TabularInline):
    """None at all: takes every product, after those who know it."""

    model = AgentSkill
    hide_title = True
    fields = ["product", "level"]
    ordering = ["-level", "product"]
    extra = 1
    verbose_name_plural = "产品技能（一项都没有时可接任何产品，但排在熟悉该产品的同事之后）"


@admin.register(AgentProfile)
class AgentProfileAdmin(ModelAdmin):
    form = ProfileForm
    fields = ["user", "accepts_tickets", "max_open_tickets", "supervisor", "working_hours"]
    list_display = [
        "user",
        "accepts_tickets",
        "shown_presence",
        "shown_load",
        "shown_skills",
        "supervisor",
        "shown_hours",
    ]
    list_filter = ["accepts_tickets"]
    list_select_related = ["user", "supervisor"]
    search_fields = ["user__name", "user__username"]
    search_help_text = "姓名或用户名"
    list_per_page = 50
    inlines = [SkillInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[AgentProfile]:
        rows: QuerySet[AgentProfile] = super().get_queryset(request)
        return rows.prefetch_related("skills")

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """Presence and load of the page's people, asked for all at once."""
        page = super().get_changelist_instance(request)
        page.result_list = list(page.result_list)
        ids = [profile.user_id for profile in page.result_list]
        loads, statuses = loads_of(ids), statuses_of(ids, timezone.now())
        for profile in page.result_list:
            profile.load = loads.get(profile.user_id, 0)
            profile.standing = statuses[profile.user_id]
        return page

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["user"] if obj else []

    def formfield_for_foreignkey(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        if db_field.name in PEOPLE:
            kwargs["queryset"] = team_members().order_by("name", "username")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        """Accounts are made and changed on their own pages."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and db_field.name in PEOPLE:
            for verb in ("add", "change", "delete", "view"):
                setattr(field.widget, f"can_{verb}_related", False)
        return field

    @display(description="状态", label=PRESENCE_COLOURS)
    def shown_presence(self, profile: Any) -> tuple[str, str]:
        return profile.standing, str(PresenceStatus(profile.standing).label)

    @admin.display(description="在办 / 上限")
    def shown_load(self, profile: Any) -> str:
        return f"{profile.load} / {profile.max_open_tickets}"

    @admin.display(description="产品技能")
    def shown_skills(self, profile: AgentProfile) -> str:
        skills = sorted(profile.skills.all(), key=lambda skill: (-skill.level, skill.product))
        return "、".join(f"{skill.product} {skill.level}" for skill in skills) or "不限"

    @admin.display(description="工作时间")
    def shown_hours(self, profile: AgentProfile) -> str:
        return "；".join(as_lines(profile.working_hours)) if profile.working_hours else "同全局"


class RecordsAdmin(ReadOnlyAdmin):
    """Of records there are many."""

    list_per_page = 50
    show_full_result_count = False


@admin.register(AgentPresence)
class AgentPresenceAdmin(RecordsAdmin):
    """What counts now, beside what was chosen. People change their own, nobody another's."""

    list_display = [
        "user",
        "shown_effective",
        "shown_chosen",
        "seen_at",
        "holds_until",
        "changed_at",
    ]
    list_display_links = None
    list_select_related = ["user"]
    list_filter = ["status"]
    ordering = ["-seen_at", "user__name"]
    search_fields = ["user__name", "user__username"]
    search_help_text = "姓名或用户名"

    @admin.display(description="本人所选", ordering="status")
    def shown_chosen(self, presence: AgentPresence) -> str:
        return presence.get_status_display()

    @display(description="当前", label=PRESENCE_COLOURS)
    def shown_effective(self, presence: AgentPresence) -> tuple[str, str]:
        status = effective_status(presence, timezone.now())
        return status, str(status.label)


@admin.register(DispatchDecision)
class DispatchDecisionAdmin(RecordsAdmin):
    """In one's own view of tickets."""

    list_display = ["created_at", "shown_ticket", "shown_trigger", "shown_result", "reason"]
    list_filter = ["trigger"]
    list_select_related = ["ticket", "assignee", "taken_from"]
    search_fields = ["=ticket__id", "assignee__name"]
    search_help_text = "工单编号或派给谁"
    ordering = ["-id"]
    fields = ["shown_ticket", "trigger", "taken_from", "shown_result", "reason", "created_at"]
    readonly_fields = ["shown_candidates"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[DispatchDecision]:
        assert isinstance(request.user, User)
        visible = tickets_visible_to(actor_for(request.user, Entry.ADMIN)).values("pk")
        rows: QuerySet[DispatchDecision] = super().get_queryset(request)
        return rows.filter(ticket__in=visible)

    @property
    def media(self) -> Media:
        both: Media = super().media + Media(css={"all": ["tickets/dispatch.css"]})
        return both

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        return ((None, {"fields": self.fields}), (None, {"fields": ["shown_candidates"]}))

    @admin.display(description="工单")
    def shown_ticket(self, decision: DispatchDecision) -> SafeString:
        address = reverse("admin:tickets_ticket_change", args=[decision.ticket_id])
        return format_html('<a class="dispatch-link" href="{}">{}</a>', address, decision.ticket)

    @display(description="起因", label=True)
    def shown_trigger(self, decision: DispatchDecision) -> str:
        return decision.get_trigger_display()

    @admin.display(description="结果")
    def shown_result(self, decision: DispatchDecision) -> str:
        return _result(decision.taken_from, decision.assignee)

    @admin.display(description="候选人")
    def shown_candidates(self, decision: DispatchDecision) -> SafeString:
        context = {"candidates": decision.candidates}
        return render_to_string("admin/tickets/candidates.html", context)


def _result(taken_from: User | None, assignee: User | None) -> str:
    if assignee is None:
        return "保留原负责人" if taken_from else "等待"
    return f"{taken_from} → {assignee}" if taken_from else f"派给 {assignee}"
