"""Everything under /api/, room by room (contract.md)."""

from django.urls import include, path, register_converter

from config.api.converters import IdConverter, PublicIdConverter
from config.api.tokens import LoginView, RefreshView

register_converter(IdConverter, "id")
register_converter(PublicIdConverter, "public_id")

urlpatterns = [
    path("auth/token", LoginView.as_view()),
    path("auth/token/refresh", RefreshView.as_view()),
    # Paths are tried one after the other: first those that come in a rush.
    path("", include("wechat.api.urls")),
    path("", include("messaging.api.urls")),
    path("", include("customers.api.urls")),
    path("", include("tickets.api.urls")),
    path("", include("config.runtime.api.urls")),
    path("", include("monitoring.reports.api.urls")),
    path("", include("monitoring.board.api_urls")),
    path("", include("monitoring.jobs.api.urls")),
    path("", include("monitoring.watch.api.urls")),
]
