"""The ticket list as a table: what its filters show, for who has the right to take tickets out."""

from typing import Any

from django.contrib import messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import SEARCH_VAR
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from unfold.admin import ModelAdmin

from config.api.downloads import table_response
from customers.admin.actor import actor_of
from customers.phone_visibility import may_see_phones
from tickets.desk.ticket_search import matching
from tickets.history.export import MOST_ROWS, exported
from tickets.models import Ticket

PERMISSION = "tickets.export_ticket"
KINDS = ("csv", "xlsx")


class DeskList(ModelAdmin):
    """Searches as every other door does, and adds the export above the list."""

    list_before_template = "admin/tickets/ticket/_export.html"

    def get_urls(self) -> list[URLPattern]:
        return [
            path(
                "export/<str:kind>/",
                self.admin_site.admin_view(self.export_view),
                name="tickets_ticket_export",
            ),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        context = {
            **(extra_context or {}),
            "may_export": _may_export(request),
            "most_rows": MOST_ROWS,
            "sees_all": actor_of(request).sees_all,
        }
        page: HttpResponse = super().changelist_view(request, context)
        return page

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """What no database can be asked for leads back to the whole list, as Django's refusals do."""
        asked = request.GET.lists()
        if any("\x00" in value for name, values in asked if name != SEARCH_VAR for value in values):
            raise IncorrectLookupParameters
        try:
            return super().get_changelist_instance(request)
        except (ValueError, OverflowError) as error:
            raise IncorrectLookupParameters(error) from error

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Ticket], search_term: str
    ) -> tuple[QuerySet[Ticket], bool]:
        """No row comes twice."""
        return matching(queryset, search_term, actor_of(request)), False

    def export_view(self, request: HttpRequest, kind: str) -> HttpResponseBase:
        """The list that the query names, within one's own view; too long a one is refused."""
        # The table has the customers' phones in it.
        if not (self.has_view_permission(request) and _may_export(request)):
            raise PermissionDenied
        back = reverse("admin:tickets_ticket_changelist")
        query = request.GET.urlencode()
        if kind not in KINDS:
            return redirect(f"{back}?{query}")
        try:
            tickets = self._listed(request)
        except IncorrectLookupParameters:
            return redirect(back)
        if tickets[: MOST_ROWS + 1].count() > MOST_ROWS:
            messages.error(request, f"一次最多导出 {MOST_ROWS} 条，请先缩小筛选范围")
            return redirect(f"{back}?{query}")
        header, rows = exported(tickets, actor_of(request), kind=kind, asked=request.GET)
        return table_response(kind, "tickets", header, rows)

    def _listed(self, request: HttpRequest) -> Any:
        """What the changelist would show, all its pages."""
        asked: QueryDict = request.GET.copy()
        # A page of the list is no filter.
        asked.pop("p", None)
        request.GET = asked  # type: ignore[assignment]
        return self.get_changelist_instance(request).get_queryset(request)


def _may_export(request: HttpRequest) -> bool:
    return bool(request.user.has_perm(PERMISSION)) and may_see_phones(request.user)
