"""Follow-up plans and tasks (contract.md §3)."""

from django.urls import path

from customers.api.follow_ups.plans import CustomerPlansView, EnrollmentStopView, PlanViewSet
from customers.api.follow_ups.tasks import FollowUpTaskDoneView, FollowUpTaskListView

plan = PlanViewSet.as_view

urlpatterns = [
    path("v1/follow-up-plans", plan({"get": "list", "post": "create"})),
    path(
        "v1/follow-up-plans/<id:pk>",
        plan({"get": "retrieve", "put": "update", "patch": "partial_update", "delete": "destroy"}),
    ),
    path("v1/customers/<id:pk>/plans", CustomerPlansView.as_view()),
    path("v1/customers/<id:pk>/plans/<id:enrollment_id>/stop", EnrollmentStopView.as_view()),
    path("v1/follow-up-tasks", FollowUpTaskListView.as_view()),
    path("v1/follow-up-tasks/<id:pk>/done", FollowUpTaskDoneView.as_view()),
]
