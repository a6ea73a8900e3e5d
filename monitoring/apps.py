"""Watching everything: statistics, reports, alerts, scheduled jobs."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MonitoringConfig(AppConfig):
    name = "monitoring"
    verbose_name = _("监控")

    def ready(self) -> None:
        from monitoring.board import registration as board
        from monitoring.digest import settings as digest_settings
        from monitoring.jobs import registration as jobs
        from monitoring.metrics import registration as metrics
        from monitoring.retention import settings as retention_settings
        from monitoring.watch import registration as watch

        board.register()
        jobs.register()
        watch.register()
        metrics.register()
        digest_settings.register()
        # Last: the setting names every table that was registered.
        retention_settings.register()
