"""Customers that may be one."""

from django.urls import path

from customers.api.merging.views import MergeCaseViewSet

urlpatterns = [
    path("v1/merge-cases", MergeCaseViewSet.as_view({"get": "list", "post": "create"})),
    path("v1/merge-cases/<id:pk>", MergeCaseViewSet.as_view({"get": "retrieve"})),
    path("v1/merge-cases/<id:pk>/merge", MergeCaseViewSet.as_view({"post": "merge"})),
    path("v1/merge-cases/<id:pk>/dismiss", MergeCaseViewSet.as_view({"post": "dismiss"})),
]
