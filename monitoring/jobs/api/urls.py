"""`/api/monitor/jobs…`; a job is named by its number, its name or its task."""

from django.urls import path

from monitoring.jobs.api.views import (
    JobListView,
    JobPauseView,
    JobResumeView,
    JobRunsView,
    JobRunView,
)

urlpatterns = [
    path("monitor/jobs", JobListView.as_view()),
    path("monitor/jobs/<str:job>/runs", JobRunsView.as_view()),
    path("monitor/jobs/<str:job>/run", JobRunView.as_view()),
    path("monitor/jobs/<str:job>/pause", JobPauseView.as_view()),
    path("monitor/jobs/<str:job>/resume", JobResumeView.as_view()),
]
