"""A person's data: shown, or taken away (contract.md §3)."""

from django.urls import path

from customers.api.privacy import views

urlpatterns = [
    path("v1/customers/<id:pk>/personal-data", views.PersonalDataView.as_view()),
    path("v1/customers/<id:pk>/erase", views.EraseView.as_view()),
]
