"""Tags and tag groups (contract.md §3)."""

from django.urls import path

from customers.api.tags.views import TagGroupViewSet, TagViewSet

tag, group = TagViewSet.as_view, TagGroupViewSet.as_view

urlpatterns = [
    path("v1/tags", tag({"get": "list", "post": "create"})),
    path(
        "v1/tags/<id:pk>",
        tag({"get": "retrieve", "patch": "partial_update", "delete": "destroy"}),
    ),
    path("v1/tag-groups", group({"get": "list", "post": "create"})),
    path(
        "v1/tag-groups/<id:pk>",
        group({"get": "retrieve", "patch": "partial_update", "delete": "destroy"}),
    ),
]
