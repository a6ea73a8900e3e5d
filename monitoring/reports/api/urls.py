"""`/api/reports`: every report has addresses of its own, so each has its own rule."""

from django.urls import path

from monitoring.reports.api.views import VIEWS, ReportsView

urlpatterns = [
    path("reports", ReportsView.as_view()),
    *[path(f"reports/{name}", view.as_view()) for name, view, _ in VIEWS],
    *[
        path(f"reports/{name}/export", export.as_view(), name=f"report-export-{name}")
        for name, _, export in VIEWS
    ],
]
