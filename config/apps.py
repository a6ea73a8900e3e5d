"""The shared kernel as a Django app: runtime settings, API plumbing, events."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConfigConfig(AppConfig):
    name = "config"
    label = "config"
    verbose_name = _("系统")

    def ready(self) -> None:
        # Imported for what they register.
        import config.api.schema
        import config.checks  # noqa: F401
