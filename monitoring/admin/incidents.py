"""What was wrong with the system, since when, and who was told by which way."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from unfold.decorators import display

from config.admin_site.read_only import ReadOnlyAdmin
from monitoring.models import Incident, Severity
from monitoring.watch.conditions import title_of


class OpenFilter(admin.SimpleListFilter):
    title = "状态"
    parameter_name = "open"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("1", "未恢复"), ("0", "已恢复")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() in ("0", "1"):
            return queryset.filter(closed_at__isnull=self.value() == "1")
        return queryset


@admin.register(Incident)
class IncidentAdmin(ReadOnlyAdmin):
    """Opened and closed by the watch alone."""

    list_display = [
        "shown_state",
        "shown_severity",
        "shown_rule",
        "summary",
        "opened_at",
        "closed_at",
        "alerted_by",
        "alerts",
    ]
    list_display_links = ["summary"]
    list_filter = [OpenFilter, "severity", "rule"]
    date_hierarchy = "opened_at"
    list_per_page = 50
    show_full_result_count = False

    @display(description="状态", label={"未恢复": "danger", "已恢复": "success"})
    def shown_state(self, incident: Incident) -> str:
        return "未恢复" if incident.is_open else "已恢复"

    @display(
        description="级别",
        label={Severity.CRITICAL.label: "danger", Severity.WARNING.label: "warning"},
    )
    def shown_severity(self, incident: Incident) -> str:
        return str(incident.get_severity_display())

    @display(description="规则")
    def shown_rule(self, incident: Incident) -> str:
        return title_of(incident.rule)
