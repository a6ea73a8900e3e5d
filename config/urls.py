"""Where everything is served: pages, probes, and the API under /api/."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from config.content_policy import INLINE, also_from
from config.health import views as health
from config.pages import home

handler400 = "config.api.errors.bad_request"
handler403 = "config.api.errors.permission_denied"
handler404 = "config.api.errors.page_not_found"
handler500 = "config.api.errors.server_error"

# Its template has a style sheet of its own; its script is a file, as our policy wants it.
api_description = also_from(style_src=[INLINE])(
    SpectacularSwaggerSplitView.as_view(url_name="schema")
)

urlpatterns = [
    path("api/", include("config.api_urls")),
    path("", home, name="home"),
    path("admin/reports/", include("monitoring.reports.page_urls")),
    path("admin/", admin.site.urls),
    path("api/schema", SpectacularAPIView.as_view(), name="schema"),
    path("docs", api_description, name="docs"),
    path("", include("tickets.page_urls")),
    path("", include("wechat.page_urls")),
    path("monitor/", include("monitoring.board.urls")),
    path("healthz", health.healthz),
    path("readyz", health.readyz, name="readyz"),
    path("", include("monitoring.page_urls")),
]
if settings.SANDBOX:
    urlpatterns.append(path("sandbox/", include("wechat.simulator.urls")))
