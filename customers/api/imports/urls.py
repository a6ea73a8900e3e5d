"""Import and export (contract.md §3)."""

from django.urls import path

from customers.api.imports import views

urlpatterns = [
    path("v1/customers/export", views.ExportView.as_view()),
    path("v1/customers/import", views.ImportView.as_view()),
    path("v1/customers/imports", views.ImportListView.as_view()),
    path("v1/customers/imports/<public_id:import_id>", views.ImportDetailView.as_view()),
    path("v1/customers/imports/<public_id:import_id>/errors", views.ImportErrorsView.as_view()),
]
