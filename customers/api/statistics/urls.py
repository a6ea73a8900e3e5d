"""Customers counted (contract.md §3)."""

from django.urls import path

from customers.api.statistics.views import CustomerStatisticsView

urlpatterns = [path("v1/statistics/customers", CustomerStatisticsView.as_view())]
