"""The customer's side (contract.md §4)."""

from django.urls import path

from tickets.api.customer_side.views import SecureLinkRevokeView, SecureLinkView

urlpatterns = [
    path("tickets/<id:pk>/secure-link", SecureLinkView.as_view()),
    path("tickets/<id:pk>/secure-link/revoke", SecureLinkRevokeView.as_view()),
]
