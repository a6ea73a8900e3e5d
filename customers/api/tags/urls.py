"""Tags and tag groups (contract.md §3)."""

from django.urls import path

from customers.api.tags.views import TagGroupViewSet, TagViewSet

LISTED: dict[str, str] = {"get": "list", "post": "create"}
ONE: dict[str, str] = {"get": "retrieve", "patch": "partial_update", "delete": "destroy"}

urlpatterns = [
    path("v1/tags", TagViewSet.as_view(LISTED)),
    path("v1/tags/<id:pk>", TagViewSet.as_view(ONE)),
    path("v1/tag-groups", TagGroupViewSet.as_view(LISTED)),
    path("v1/tag-groups/<id:pk>", TagGroupViewSet.as_view(ONE)),
]
