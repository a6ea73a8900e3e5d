"""The runtime settings `report.daily` and `report.weekly`: off until somebody names recipients."""

from typing import Any

from config.errors import InvalidInputError
from config.runtime.schema import integer
from config.runtime.schema import register as register_setting
from messaging.channels import registry
from messaging.models import MessageTemplate, TemplateStatus

DAILY, WEEKLY = "report.daily", "report.weekly"
_CLOCK = {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"}
TITLES = {
    "enabled": "启用",
    "at": "几点以后发送",
    "template_code": "模板编码",
    "recipients": "接收方",
    "picture": "附趋势图",
}


def register() -> None:
    register_setting(
        DAILY,
        {
            "enabled": False,
            "at": "09:00",
            "template_code": "daily_digest",
            "recipients": [],
            "picture": True,
        },
        _schema(),
        "日报：是否发送、几点以后发送、模板编码（渠道随模板）、接收方、是否附趋势图（群机器人）",
        check=check,
        titles=TITLES,
    )
    register_setting(
        WEEKLY,
        {
            "enabled": False,
            "weekday": 1,
            "at": "09:00",
            "template_code": "weekly_digest",
            "recipients": [],
            "picture": True,
        },
        _schema(weekday=integer(1, 7)),
        "周报：同日报；weekday 为周几发送上一周（1 为周一）",
        check=check,
        titles={**TITLES, "weekday": "周几（1 为周一）"},
    )


def check(value: Any) -> None:
    """What is switched on can be sent: there are recipients, and the template's channel knows them."""
    if not value["enabled"]:
        return
    if not value["recipients"]:
        raise InvalidInputError("启用前请填写接收方", attr="value.recipients")
    template = MessageTemplate.objects.filter(
        code=value["template_code"], status=TemplateStatus.ACTIVE
    ).first()
    if template is None:
        raise InvalidInputError("没有启用的同编码模板", attr="value.template_code")
    channel = registry.get(template.channel)
    for text in value["recipients"]:
        try:
            channel.recipient(text)
        except InvalidInputError as error:
            raise InvalidInputError(error.detail, attr="value.recipients") from error


def _schema(**more: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "enabled": {"type": "boolean"},
            "at": _CLOCK,
            "template_code": {"type": "string", "minLength": 1, "maxLength": 64},
            "recipients": {
                "type": "array",
                "maxItems": 20,
                "uniqueItems": True,
                "items": {"type": "string", "minLength": 1, "maxLength": 200},
            },
            "picture": {"type": "boolean"},
            **more,
        },
    }
