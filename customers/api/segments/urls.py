"""Saved filters and tagging rules (contract.md §3)."""

from typing import Any

from django.urls import path

from customers.api.segments import views as v
from customers.api.segments.rules import TagRuleViewSet

ONE: dict[str, Any] = {
    "get": "retrieve",
    "put": "update",
    "patch": "partial_update",
    "delete": "destroy",
}
MANY: dict[str, Any] = {"get": "list", "post": "create"}
LIST: dict[str, Any] = {"get": "list"}
RUN: dict[str, Any] = {"post": "run"}
PREVIEW: dict[str, Any] = {"post": "preview"}

urlpatterns = [
    path("v1/segments", v.SegmentViewSet.as_view(MANY)),
    path("v1/segments/preview", v.SegmentPreviewView.as_view()),
    path("v1/segments/fields", v.SegmentFieldsView.as_view()),
    path("v1/segments/<id:pk>", v.SegmentViewSet.as_view(ONE)),
    path("v1/segments/<id:pk>/count", v.SegmentCountView.as_view()),
    path("v1/segments/<id:pk>/customers", v.SegmentCustomersView.as_view(LIST)),
    path("v1/tag-rules", TagRuleViewSet.as_view(MANY)),
    path("v1/tag-rules/<id:pk>", TagRuleViewSet.as_view(ONE)),
    path("v1/tag-rules/<id:pk>/run", TagRuleViewSet.as_view(RUN)),
    path("v1/tag-rules/<id:pk>/preview", TagRuleViewSet.as_view(PREVIEW)),
]
