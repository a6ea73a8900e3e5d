"""Tickets in the operators' admin. Every change goes through the same actions as everywhere."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.timezone import localtime
from unfold.admin import TabularInline
from unfold.decorators import action, display

from config.errors import AppError
from customers.admin.actor import actor_of
from tickets import actions
from tickets.admin.bulk_acts import BULK_ACTS
from tickets.admin.exporting import DeskList
from tickets.admin.forms import TicketForm
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


# A trail keeps the states' own names.
WORDS = {str(value): str(label) for value, label in (*TicketStatus.choices, *Priority.choices)}


def _in_words(value: str) -> str:
    return WORDS.get(value, value) or "—"


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
            return f"{_in_words(event.from_value)} → {_in_words(event.to_value)}"
        return "；".join(f"{field}: {old} → {new}" for field, (old, new) in event.changes.items())


@admin.register(Ticket)
class TicketAdmin(DeskList, ReportPages, SecureLinks, TicketPage):
    form = TicketForm
    # Their own trail keeps what changed.
    audit_values = ()
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
    actions = BULK_ACTS
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

    @action(description="打开安全链接", icon="link", permissions=["change"])
    def open_link(self, request: HttpRequest, object_id: str) -> HttpResponseRedirect:
        # Only for a ticket that this operator may see.
        ticket = self.get_object(request, object_id)
        if ticket is None:
            raise Http404
        return redirect(ticket_url(ticket))
