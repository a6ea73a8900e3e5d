"""The customers' calls, area by area (contract.md §3); no trailing slashes."""

from django.urls import include, path

urlpatterns = [
    path("", include("customers.api.customers.urls")),
    path("", include("customers.api.tags.urls")),
    path("", include("customers.api.segments.urls")),
    path("", include("customers.api.groups.urls")),
    path("", include("customers.api.projects.urls")),
    path("", include("customers.api.follow_ups.urls")),
    path("", include("customers.api.handovers.urls")),
    path("", include("customers.api.imports.urls")),
    path("", include("customers.api.merging.urls")),
    path("", include("customers.api.privacy.urls")),
    path("", include("customers.api.risks.urls")),
    path("", include("customers.api.profiles.urls")),
    path("", include("customers.api.statistics.urls")),
]
