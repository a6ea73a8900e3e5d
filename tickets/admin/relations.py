"""What customers thought of solutions: read here, written by them alone."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.decorators import display

from config.admin_site.read_only import ReadOnlyAdmin
from customers.admin.actor import actor_of
from tickets.models import TicketRating
from tickets.visibility import tickets_visible_to

SCORE_COLOURS = {1: "danger", 2: "danger", 3: "warning", 4: "info", 5: "success"}


@admin.register(TicketRating)
class TicketRatingAdmin(ReadOnlyAdmin):
    list_display = [
        "shown_ticket",
        "shown_customer",
        "shown_score",
        "comment",
        "cycle",
        "assignee",
        "entry",
        "created_at",
    ]
    list_display_links = None
    list_filter = ["score", "assignee", "created_at"]
    search_fields = ["comment", "ticket__title", "ticket__customer__name"]
    list_per_page = 50
    ordering = ["-created_at", "-id"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[TicketRating]:
        rows: QuerySet[TicketRating] = super().get_queryset(request)
        visible = tickets_visible_to(actor_of(request)).values("pk")
        return rows.filter(ticket__in=visible).select_related("ticket__customer", "assignee")

    @admin.display(description="工单", ordering="ticket")
    def shown_ticket(self, rating: TicketRating) -> SafeString:
        address = reverse("admin:tickets_ticket_change", args=[rating.ticket_id])
        return format_html(
            '<a href="{}">#{} {}</a>', address, rating.ticket_id, rating.ticket.title
        )

    @admin.display(description="客户", ordering="ticket__customer__name")
    def shown_customer(self, rating: TicketRating) -> str:
        return rating.ticket.customer.name

    @display(description="评分", ordering="score", label=SCORE_COLOURS)
    def shown_score(self, rating: TicketRating) -> tuple[int, str]:
        return rating.score, f"{rating.score} 分"
