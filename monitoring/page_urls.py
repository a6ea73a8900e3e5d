"""What monitoring serves outside `/api/`."""

from django.urls import path

from monitoring.metrics.views import MetricsView

urlpatterns = [path("metrics", MetricsView.as_view(), name="metrics")]
