"""Customer groups (客户群) (contract.md §3)."""

from django.urls import path

from customers.api.groups.views import GroupViewSet

group = GroupViewSet.as_view

urlpatterns = [
    path("v1/groups", group({"get": "list"})),
    path("v1/groups/<id:pk>", group({"get": "retrieve"})),
    path("v1/groups/<id:pk>/members", group({"get": "members"})),
    path("v1/groups/<id:pk>/statistics", group({"get": "statistics"})),
    path("v1/groups/<id:pk>/tags", group({"post": "add_tags"})),
    path("v1/groups/<id:pk>/tags/<id:tag_id>", group({"delete": "remove_tag"})),
]
