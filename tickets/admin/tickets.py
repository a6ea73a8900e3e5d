"""Tickets in the operators' admin. Every change goes through the same actions as everywhere."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.forms import Form, ModelForm
from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.template.response import TemplateResponse
from django.utils.timezone import localtime
from unfold.admin import TabularInline
from unfold.decorators import action, display

from config.errors import AppError
from customers.admin.actor import actor_of
from customers.models import User
from tickets import actions
from tickets.admin.exporting import DeskList
from tickets.admin.forms import AssignForm, PriorityForm, TicketForm
from tickets.admin.links import SecureLinks
from tickets.admin.list_filters import DESK_FILTERS
from tickets.admin.reports import ReportPages
from tickets.admin.ticket_page import TicketPage
from tickets.customer_side.links import ticket_url
from tickets.models import Priority, Ticket, TicketEvent
from tickets.queries.tickets import PRIORITY_RANK, tickets_for, tickets_overdue
from tickets.states import TicketStatus

STATUS_COLOURS = {
    TicketStatus.PENDING: "warning",
    TicketStatus.ASSIGNED: "info",
    TicketStatus.PROCESSING: "info",
    TicketStatus.ESCALATED: "danger",
    TicketStatus.RESOLVED: "success",
    TicketStatus.CLOSED: "default",
    TicketStatus.CANCELLED: "default",
}
PRIORITY_COLOURS = {
    Priority.LOW: "default",
    Priority.NORMAL: "default",
    Priority.HIGH: "warning",
    Priority.URGENT: "danger",
}


class OverdueFilter(admin.SimpleListFilter):
    title = "是否超时"
    parameter_name = "overdue"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("1", "已超时"), ("0", "未超时")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Ticket]) -> QuerySet[Ticket]:
        if self.value() not in ("0", "1"):
            return queryset
        return tickets_overdue(queryset, overdue=self.value() == "1")


class EventInline(TabularInline):
    """The trail: read, never written here."""

    model = TicketEvent
    fields = ["created_at", "kind", "visibility", "change", "content", "actor_name", "entry"]
    readonly_fields = fields
    ordering = ["-sequence"]
    extra = 0
    max_num = 0
    can_delete = False

    @admin.display(description="变更")
    def change(self, event: TicketEvent) -> str:
        if event.from_value or event.to_value:
            return f"{event.from_value or '—'} → {event.to_value or '—'}"
        return "；".join(f"{field}: {old} → {new}" for field, (old, new) in event.changes.items())


@admin.register(Ticket)
class TicketAdmin(DeskList, ReportPages, SecureLinks, TicketPage):
    form = TicketForm
    list_display = [
        "number",
        "title",
        "customer",
        "shown_status",
        "shown_priority",
        "progress",
        "assignee",
        "shown_deadline",
    ]
    list_filter = ["status", "priority", OverdueFilter, *DESK_FILTERS]
    list_filter_submit = True
    date_hierarchy = "created_at"
    search_fields = ["title", "description", "customer__name", "customer__phone"]
    list_per_page = 50
    inlines = [EventInline]
    actions = [
        "assign_selected",
        "resolve_selected",
        "close_selected",
        "reopen_selected",
        "prioritise_selected",
        "watch_selected",
    ]
    actions_detail = ["open_link", "secure_links"]
    readonly_fields = [
        "customer",
        "status",
        "assignee",
        "merged_into",
        "waiting_since",
        "sla_state",
        "response_due_at",
        "cycle",
        "group_chat_id",
        "group_message_id",
        "reminder_count",
        "last_reminder_at",
        "created_by",
        "entry",
        "created_at",
        "responded_at",
        "resolved_at",
        "closed_at",
        "version",
    ]
    fieldsets = (
        (None, {"fields": ("title", "description", "product", "customer", "seen_version")}),
        ("处理", {"fields": ("status", "priority", "progress", "assignee", "deadline")}),
        ("服务级别", {"fields": (("sla_state", "response_due_at"), ("waiting_since", "cycle"))}),
        ("催促", {"fields": ("reminder_count", "last_reminder_at")}),
        (
            "来源与时间",
            {
                "fields": (
                    ("entry", "created_by"),
                    ("group_chat_id", "group_message_id"),
                    ("created_at", "responded_at"),
                    ("resolved_at", "closed_at"),
                    "version",
                )
            },
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Ticket]:
        return tickets_for(actor_of(request))

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Tickets are made where the customer is known: group, API, customer's page."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_form(
        self, request: HttpRequest, obj: Ticket | None = None, change: bool = False, **kwargs: Any
    ) -> type[ModelForm]:
        form: type[ModelForm] = super().get_form(request, obj, change=change, **kwargs)
        form.actor = actor_of(request)  # type: ignore[attr-defined]
        return form

    def save_model(self, request: HttpRequest, obj: Ticket, form: ModelForm, change: bool) -> None:
        """The form holds the ticket and has compared the versions."""
        assert isinstance(form, TicketForm)
        changes: Any = form.changes()
        try:
            saved = actions.ticket_edit(ticket_id=obj.pk, changes=changes, actor=actor_of(request))
        except AppError as error:
            messages.set_level(request, messages.ERROR)
            messages.error(request, error.detail)
            return
        obj.version = saved.version

    @admin.display(description="编号", ordering="id")
    def number(self, ticket: Ticket) -> str:
        return f"#{ticket.pk}"

    @display(description="状态", ordering="status", label=STATUS_COLOURS)
    def shown_status(self, ticket: Ticket) -> tuple[str, str]:
        return ticket.status, ticket.get_status_display()

    @display(description="优先级", ordering=PRIORITY_RANK, label=PRIORITY_COLOURS)
    def shown_priority(self, ticket: Ticket) -> tuple[str, str]:
        return ticket.priority, ticket.get_priority_display()

    @display(
        description="处理期限", ordering="deadline", label={"overdue": "danger", "open": "default"}
    )
    def shown_deadline(self, ticket: Ticket) -> tuple[str, str]:
        text = f"{localtime(ticket.deadline):%m-%d %H:%M}"
        return ("overdue", f"{text} 已超时") if ticket.overdue else ("open", text)

    @action(description="打开安全链接", icon="link")
    def open_link(self, request: HttpRequest, object_id: str) -> HttpResponseRedirect:
        # Only for a ticket that this operator may see.
        ticket = self.get_object(request, object_id)
        if ticket is None:
            raise Http404
        return redirect(ticket_url(ticket))

    @admin.action(description="分配给…")
    def assign_selected(
        self, request: HttpRequest, queryset: QuerySet[Ticket]
    ) -> TemplateResponse | None:
        form = AssignForm(request.POST if "assignee" in request.POST else None)
        if not form.is_valid():
            return self._ask(request, queryset, form, "assign_selected", "分配工单")
        assignee: User = form.cleaned_data["assignee"]
        self._each(
            request,
            queryset,
            lambda pk: actions.ticket_assign(
                ticket_id=pk, assignee=assignee, actor=actor_of(request)
            ),
            f"分配给 {assignee.display_name}",
        )
        return None

    @admin.action(description="设置优先级…")
    def prioritise_selected(
        self, request: HttpRequest, queryset: QuerySet[Ticket]
    ) -> TemplateResponse | None:
        form = PriorityForm(request.POST if "priority" in request.POST else None)
        if not form.is_valid():
            return self._ask(request, queryset, form, "prioritise_selected", "设置优先级")
        priority: str = form.cleaned_data["priority"]
        self._each(
            request,
            queryset,
            lambda pk: actions.ticket_edit(
                ticket_id=pk, changes={"priority": priority}, actor=actor_of(request)
            ),
            f"设为{Priority(priority).label}优先级",
        )
        return None

    @admin.action(description="标记为已解决")
    def resolve_selected(self, request: HttpRequest, queryset: QuerySet[Ticket]) -> None:
        self._move(request, queryset, TicketStatus.RESOLVED, "标记为已解决")

    @admin.action(description="关闭")
    def close_selected(self, request: HttpRequest, queryset: QuerySet[Ticket]) -> None:
        self._move(request, queryset, TicketStatus.CLOSED, "关闭")

    @admin.action(description="重开")
    def reopen_selected(self, request: HttpRequest, queryset: QuerySet[Ticket]) -> None:
        self._each(
            request,
            queryset,
            lambda pk: actions.ticket_reopen(ticket_id=pk, actor=actor_of(request)),
            "重开",
        )

    @admin.action(description="关注")
    def watch_selected(self, request: HttpRequest, queryset: QuerySet[Ticket]) -> None:
        self._each(
            request,
            queryset,
            lambda pk: actions.ticket_watch(ticket_id=pk, actor=actor_of(request)),
            "关注",
        )

    def _move(
        self, request: HttpRequest, queryset: QuerySet[Ticket], status: TicketStatus, what: str
    ) -> None:
        self._each(
            request,
            queryset,
            lambda pk: actions.ticket_transition(
                ticket_id=pk, status=status, actor=actor_of(request)
            ),
            what,
        )

    def _ask(
        self,
        request: HttpRequest,
        queryset: QuerySet[Ticket],
        form: Form,
        action_name: str,
        title: str,
    ) -> TemplateResponse:
        """The page between choosing tickets and acting on them."""
        return render(  # type: ignore[return-value]
            request,
            "admin/tickets/bulk.html",
            {
                **self.admin_site.each_context(request),
                "title": title,
                "form": form,
                "tickets": queryset,
                "action_name": action_name,
                "opts": self.opts,
            },
        )

    def _each(self, request: HttpRequest, queryset: QuerySet[Ticket], act: Any, what: str) -> None:
        """One act for each ticket; what is refused is said and leaves the others done."""
        done = 0
        for pk in queryset.order_by("id").values_list("pk", flat=True):
            try:
                act(pk)
                done += 1
            except AppError as error:
                messages.error(request, error.detail)
        if done:
            messages.success(request, f"{done} 个工单已{what}")
