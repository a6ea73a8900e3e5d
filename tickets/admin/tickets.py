"""Tickets in the operators' admin. Every change goes through the same actions as everywhere."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.template.response import TemplateResponse
from django.utils.timezone import localtime
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import action, display

from config.errors import AppError
from customers.actors import Actor, Entry, actor_for
from customers.models import User
from tickets import actions
from tickets.admin.forms import AssignForm, TicketForm
from tickets.customer_side.links import ticket_url
from tickets.models import Priority, Ticket, TicketEvent
from tickets.queries.tickets import tickets_for, tickets_overdue
from tickets.states import TicketStatus

EDITABLE = ["title", "description", "product", "priority", "deadline", "progress"]
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
    fields = ["created_at", "kind", "change", "content", "actor_name", "entry"]
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
class TicketAdmin(ModelAdmin):
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
    list_filter = ["status", "priority", OverdueFilter, "assignee"]
    search_fields = ["title", "description", "customer__name", "customer__phone"]
    list_per_page = 50
    inlines = [EventInline]
    actions = ["assign_selected", "resolve_selected"]
    actions_detail = ["open_link"]
    readonly_fields = [
        "customer",
        "status",
        "assignee",
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
        ("催促", {"fields": ("reminder_count", "last_reminder_at")}),
        (
            "来源与时间",
            {
                "fields": (
                    ("entry", "created_by", "group_chat_id", "group_message_id"),
                    ("created_at", "responded_at", "resolved_at", "closed_at", "version"),
                )
            },
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Ticket]:
        return tickets_for(_actor(request))

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Tickets are made where the customer is known: group, API, customer's page."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Ticket, form: ModelForm, change: bool) -> None:
        changes: Any = {
            name: form.cleaned_data[name] for name in form.changed_data if name in EDITABLE
        }
        try:
            saved = actions.ticket_edit(
                ticket_id=obj.pk,
                changes=changes,
                version=form.cleaned_data["seen_version"],
                actor=_actor(request),
            )
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

    @display(description="优先级", ordering="priority", label=PRIORITY_COLOURS)
    def shown_priority(self, ticket: Ticket) -> tuple[str, str]:
        return ticket.priority, ticket.get_priority_display()

    @display(
        description="处理期限", ordering="deadline", label={"overdue": "danger", "open": "default"}
    )
    def shown_deadline(self, ticket: Ticket) -> tuple[str, str]:
        text = f"{localtime(ticket.deadline):%m-%d %H:%M}"
        return ("overdue", f"{text} 已超时") if ticket.overdue else ("open", text)

    @action(description="打开安全链接", icon="link")
    def open_link(self, request: HttpRequest, object_id: int) -> HttpResponseRedirect:
        # Only for a ticket that this operator may see.
        ticket = self.get_queryset(request).get(pk=object_id)
        return redirect(ticket_url(ticket))

    @admin.action(description="分配给…")
    def assign_selected(
        self, request: HttpRequest, queryset: QuerySet[Ticket]
    ) -> TemplateResponse | None:
        form = AssignForm(request.POST if "assignee" in request.POST else None)
        if form.is_valid():
            assignee: User = form.cleaned_data["assignee"]
            self._each(
                request,
                queryset,
                lambda pk: actions.ticket_assign(
                    ticket_id=pk, assignee=assignee, actor=_actor(request)
                ),
                f"分配给 {assignee.display_name}",
            )
            return None
        return render(  # type: ignore[return-value]
            request,
            "admin/tickets/assign.html",
            {
                **self.admin_site.each_context(request),
                "title": "分配工单",
                "form": form,
                "tickets": queryset,
                "opts": self.opts,
            },
        )

    @admin.action(description="标记为已解决")
    def resolve_selected(self, request: HttpRequest, queryset: QuerySet[Ticket]) -> None:
        self._each(
            request,
            queryset,
            lambda pk: actions.ticket_transition(
                ticket_id=pk, status=TicketStatus.RESOLVED, actor=_actor(request)
            ),
            "标记为已解决",
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


def _actor(request: HttpRequest) -> Actor:
    assert isinstance(request.user, User)
    return actor_for(request.user, Entry.ADMIN)
