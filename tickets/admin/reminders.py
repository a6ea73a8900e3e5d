"""Reminders in the operators' admin: what was chased, when and by whom; and chasing now."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.forms.widgets import Media
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.decorators import display

from config.admin_site.read_only import ReadOnlyAdmin
from customers.admin.actor import actor_of
from tickets.models import ReminderKind, TicketReminder
from tickets.reminders.actions import reminders_run
from tickets.visibility import tickets_visible_to

LIST = "admin:tickets_ticketreminder_changelist"
KIND_COLOURS = {ReminderKind.WARNING: "warning", ReminderKind.OVERDUE: "danger"}


@admin.register(TicketReminder)
class TicketReminderAdmin(ReadOnlyAdmin):
    list_display = [
        "shown_ticket",
        "shown_customer",
        "shown_kind",
        "number",
        "shown_mentions",
        "shown_escalation",
        "deadline",
        "shown_asker",
        "created_at",
    ]
    list_display_links = None
    list_filter = ["kind", "is_escalation"]
    search_fields = ["=ticket__id", "ticket__customer__name"]
    search_help_text = "工单编号或客户姓名"
    list_per_page = 50
    show_full_result_count = False
    ordering = ["-id"]
    list_before_template = "admin/tickets/reminders/_run.html"

    @property
    def media(self) -> Media:
        both: Media = super().media + Media(css={"all": ["tickets/reminders.css"]})
        return both

    def get_queryset(self, request: HttpRequest) -> QuerySet[TicketReminder]:
        rows = TicketReminder.objects.filter(
            ticket__in=tickets_visible_to(actor_of(request)).values("pk")
        )
        return rows.select_related("ticket__customer", "requested_by").order_by("-id")

    def get_urls(self) -> list[URLPattern]:
        own = self.admin_site.admin_view(self.run_view)
        return [path("run/", own, name="tickets_ticketreminder_run"), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        extra = {**(extra_context or {}), "may_run": _may_run(request)}
        page: HttpResponse = super().changelist_view(request, extra)
        return page

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: Any = None,
    ) -> HttpResponse:
        """A reminder is read on its ticket's page."""
        row = self.get_object(request, object_id)
        if row is None:
            return redirect(LIST)
        return redirect("admin:tickets_ticket_change", row.ticket_id)

    def run_view(self, request: HttpRequest) -> HttpResponse:
        """POST alone checks for overdue tickets."""
        if not _may_run(request):
            raise PermissionDenied
        if request.method == "POST":
            result = reminders_run(actor=actor_of(request), by_hand=True)
            said = f"{result.overdue_count} 个工单超时，本次催促了 {result.reminders_sent} 个"
            if result.reminders_sent < result.overdue_count:
                said += "；其余刚刚催促过，或没有可以通知的群和人"
            messages.success(request, said)
        return redirect(LIST)

    @admin.display(description="工单", ordering="ticket")
    def shown_ticket(self, row: TicketReminder) -> SafeString:
        url = reverse("admin:tickets_ticket_change", args=[row.ticket_id])
        return format_html('<a href="{}">#{} {}</a>', url, row.ticket_id, row.ticket.title)

    @admin.display(description="客户")
    def shown_customer(self, row: TicketReminder) -> str:
        return row.ticket.customer.name

    @display(description="类型", ordering="kind", label=KIND_COLOURS)
    def shown_kind(self, row: TicketReminder) -> tuple[str, str]:
        return row.kind, row.get_kind_display()

    @admin.display(description="提醒对象")
    def shown_mentions(self, row: TicketReminder) -> str:
        return "、".join("所有人" if who == "@all" else who for who in row.mentions) or "—"

    @admin.display(description="上报主管", ordering="is_escalation")
    def shown_escalation(self, row: TicketReminder) -> str:
        return "已上报" if row.is_escalation else "—"

    @admin.display(description="触发")
    def shown_asker(self, row: TicketReminder) -> str:
        return row.requested_by.display_name if row.requested_by else "定时"


def _may_run(request: HttpRequest) -> bool:
    sees_all = actor_of(request).sees_all
    return sees_all and bool(request.user.has_perm("tickets.add_ticketreminder"))
