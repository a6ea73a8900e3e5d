"""Customers themselves: list, detail, create, edit, owner, block list (contract.md §3)."""

from django.urls import path

from customers.api.customers.follow_ups import CustomerFollowUpsView, FollowUpDoneView
from customers.api.customers.identifiers import IdentifiersView
from customers.api.customers.views import CustomerViewSet

customer = CustomerViewSet.as_view

urlpatterns = [
    path("v1/customers", customer({"get": "list", "post": "create"})),
    path(
        "v1/customers/<id:pk>",
        customer(
            {
                "get": "retrieve",
                "put": "update",
                "patch": "partial_update",
                "delete": "destroy",
            }
        ),
    ),
    path("v1/customers/<id:pk>/tags", customer({"post": "add_tags"})),
    path("v1/customers/<id:pk>/tags/<id:tag_id>", customer({"delete": "remove_tag"})),
    path("v1/customers/<id:pk>/assign", customer({"post": "assign"})),
    path("v1/customers/<id:pk>/block", customer({"post": "block"})),
    path("v1/customers/<id:pk>/unblock", customer({"post": "unblock"})),
    path("v1/customers/<id:pk>/restore", customer({"post": "restore"})),
    path("v1/customers/<id:pk>/identifiers", IdentifiersView.as_view()),
    path("v1/customers/<id:pk>/follow-ups", CustomerFollowUpsView.as_view()),
    path("v1/follow-ups/<id:pk>/done", FollowUpDoneView.as_view()),
]
