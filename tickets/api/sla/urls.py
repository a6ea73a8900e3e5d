"""Service levels (contract.md §4)."""

from django.urls import path

from tickets.api.sla.views import PolicyViewSet

policy = PolicyViewSet.as_view

urlpatterns = [
    path("sla/policies", policy({"get": "list", "post": "create"})),
    path("sla/policies/preview", policy({"post": "preview"})),
    path(
        "sla/policies/<id:pk>",
        policy(
            {"get": "retrieve", "put": "update", "patch": "partial_update", "delete": "destroy"}
        ),
    ),
    path("sla/policies/<id:pk>/versions", policy({"get": "versions"})),
    path("sla/policies/<id:pk>/applications", policy({"get": "applications"})),
    path("sla/policies/<id:pk>/apply", policy({"post": "apply"})),
]
