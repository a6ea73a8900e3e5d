"""Projects and the sales report (contract.md §3)."""

from django.urls import path

from customers.api.projects.sales import SalesReportView
from customers.api.projects.views import ProjectViewSet

project = ProjectViewSet.as_view

urlpatterns = [
    path("projects", project({"get": "list", "post": "create"})),
    path("projects/<id:pk>", project({"get": "retrieve", "patch": "partial_update"})),
    path("projects/<id:pk>/transition", project({"post": "transition"})),
    path("projects/<id:pk>/engineer", project({"post": "engineer"})),
    path("projects/<id:pk>/notes", project({"post": "notes"})),
    path("projects/<id:pk>/events", project({"get": "events"})),
    path("admin/reports/sales", SalesReportView.as_view()),
]
