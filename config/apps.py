"""The shared kernel as a Django app: runtime settings, API plumbing, events."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.utils.translation import gettext_lazy as _


class ConfigConfig(AppConfig):
    name = "config"
    label = "config"
    verbose_name = _("系统")

    def ready(self) -> None:
        # Imported for what they register.
        import config.api.schema
        import config.diagnosis.checks  # noqa: F401
        from config.audit import own as audit
        from config.login import backend as login
        from config.retention import own as own_tables

        own_tables.register()
        audit.register_own()
        login.register()


class OperatorsAdminConfig(AdminConfig):
    """Django's admin with our site in it."""

    default_site = "config.admin_site.site.OperatorsSite"
