"""Who may be lost (contract.md §3)."""

from django.urls import path

from customers.api.risks import views

urlpatterns = [
    path("v1/customers/risks", views.RisksView.as_view()),
    path("v1/customers/<id:customer_id>/risk", views.CustomerRiskView.as_view()),
    path("v1/risks/accuracy", views.AccuracyView.as_view()),
    path("v1/risks/<id:warning_id>/settle", views.SettleView.as_view()),
]
