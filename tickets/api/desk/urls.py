"""Canned replies, checklists, custom fields, saved views, search (contract.md §4)."""

from typing import Any

from django.urls import path

from tickets.api.desk import views as v
from tickets.api.desk.search import SearchView

ONE: dict[str, Any] = {"get": "retrieve", "patch": "partial_update", "delete": "destroy"}
MANY: dict[str, Any] = {"get": "list", "post": "create"}
LIST: dict[str, Any] = {"get": "list"}
RENDER: dict[str, Any] = {"post": "render_reply"}

urlpatterns = [
    path("search", SearchView.as_view()),
    path("canned-replies", v.CannedReplyViewSet.as_view(MANY)),
    path("canned-replies/<id:pk>", v.CannedReplyViewSet.as_view(ONE)),
    path("canned-replies/<id:pk>/render", v.CannedReplyViewSet.as_view(RENDER)),
    path("ticket-views", v.SavedViewViewSet.as_view(MANY)),
    path("ticket-views/<id:pk>", v.SavedViewViewSet.as_view(ONE)),
    path("custom-fields", v.CustomFieldsView.as_view()),
    path("checklist-templates", v.ChecklistTemplateViewSet.as_view(LIST)),
    path("tickets/<id:pk>/checklist", v.ChecklistView.as_view()),
    path("tickets/<id:pk>/checklist/<id:item_id>", v.ChecklistItemView.as_view()),
]
