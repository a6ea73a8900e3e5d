"""Everything under /api/, room by room (contract.md)."""

from django.urls import include, path

from config.api.tokens import LoginView, RefreshView

urlpatterns = [
    path("auth/token", LoginView.as_view()),
    path("auth/token/refresh", RefreshView.as_view()),
    path("", include("customers.api.urls")),
    path("", include("tickets.api.urls")),
    path("", include("messaging.api.urls")),
    path("", include("wechat.api.urls")),
]
