"""What the nightly cleanup deleted."""

from django.contrib import admin

from config import retention
from config.admin_site.read_only import ReadOnlyAdmin
from monitoring.retention.models import CleanedTable
from monitoring.retention.settings import days_of


@admin.register(CleanedTable)
class CleanedTableAdmin(ReadOnlyAdmin):
    list_display = ["date", "shown_table", "shown_days", "deleted", "shown_seconds", "is_complete"]
    list_display_links = None
    list_filter = ["key"]
    list_per_page = 50
    ordering = ["-date", "key"]

    @admin.display(description="数据", ordering="key")
    def shown_table(self, row: CleanedTable) -> str:
        return _labels().get(row.key, row.key)

    @admin.display(description="现保留天数")
    def shown_days(self, row: CleanedTable) -> str:
        table = next((t for t in retention.tables() if t.key == row.key), None)
        return str(days_of(table)) if table else "—"

    @admin.display(description="用时（秒）", ordering="seconds")
    def shown_seconds(self, row: CleanedTable) -> str:
        return f"{row.seconds:.1f}"


def _labels() -> dict[str, str]:
    return {table.key: table.label for table in retention.tables()}
