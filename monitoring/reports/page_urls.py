"""`/admin/reports/`: who may not enter the admin is sent to its login."""

from django.contrib import admin
from django.urls import path

from monitoring.reports import pages

app_name = "reports"
urlpatterns = [
    path("", admin.site.admin_view(pages.listing), name="list"),
    path("<slug:name>/", admin.site.admin_view(pages.page), name="page"),
]
