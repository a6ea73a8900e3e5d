"""The simulator as a Django app of its own."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SimulatorConfig(AppConfig):
    name = "wechat.simulator"
    label = "simulator"
    verbose_name = _("沙箱")
