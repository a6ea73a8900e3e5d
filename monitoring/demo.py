"""Demo data: the daily and weekly report go to the demo robot's group."""

from config.runtime import store
from config.runtime.models import RuntimeSetting
from messaging.models import MessageTemplate, TemplateStatus
from monitoring.digest.settings import DAILY, WEEKLY

GROUP = "test_group_001"


def load(password: str) -> None:
    """What somebody has set already stays as it is; without its template a report stays off."""
    templates = MessageTemplate.objects.filter(status=TemplateStatus.ACTIVE)
    for key in (DAILY, WEEKLY):
        value = {**store.get(key), "enabled": True, "recipients": [GROUP]}
        is_set = RuntimeSetting.objects.filter(key=key, is_set=True).exists()
        if not is_set and templates.filter(code=value["template_code"]).exists():
            store.change(key=key, value=value, actor=None, reason="演示数据")
