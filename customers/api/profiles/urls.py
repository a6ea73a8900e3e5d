"""Profile and timeline (contract.md §3)."""

from django.urls import path

from customers.api.profiles import views

urlpatterns = [
    path("v1/customers/<id:customer_id>/profile", views.ProfileView.as_view()),
    path("v1/customers/<id:customer_id>/timeline", views.TimelineView.as_view()),
]
