"""Everything under /api/, room by room (contract.md)."""

from django.urls import include, path, register_converter

from config.api.converters import IdConverter, PublicIdConverter
from config.api.tokens import LoginView, RefreshView

register_converter(IdConverter, "id")
register_converter(PublicIdConverter, "public_id")

urlpatterns = [
    path("auth/token", LoginView.as_view()),
    path("auth/token/refresh", RefreshView.as_view()),
    path("", include("customers.api.urls")),
    path("", include("tickets.api.urls")),
    path("", include("messaging.api.urls")),
    path("", include("wechat.api.urls")),
]
