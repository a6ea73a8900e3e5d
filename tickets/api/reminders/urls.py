"""Reminders on request (contract.md §4)."""

from django.urls import path

from tickets.api.reminders.views import ReminderRunView

urlpatterns = [path("admin/reminders/run", ReminderRunView.as_view())]
