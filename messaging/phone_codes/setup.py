"""Whether codes can be sent at all: the template, and the SMS account behind it."""

from collections.abc import Iterator

from config.diagnosis import Finding, good, odd
from config.errors import AppError
from config.runtime import store
from messaging.channels.accounts import accounts
from messaging.channels.sms.template import CODE
from messaging.models import ChannelType, MessageTemplate, TemplateStatus

SETTING = "phone_codes.template"
UNAVAILABLE = "暂时无法发送验证码，请联系客服"


class CodesUnavailableError(AppError):
    """The operators have not set SMS up; `detail` is for the person who waits for a code."""

    code = "codes_unavailable"

    def __init__(self) -> None:
        super().__init__(UNAVAILABLE)


def code_template() -> MessageTemplate:
    """The template that codes go out with; raises `CodesUnavailableError`."""
    template = MessageTemplate.objects.filter(code=store.get(SETTING)).first()
    if template is None or fault_of(template):
        raise CodesUnavailableError
    return template


def fault_of(template: MessageTemplate | None) -> str:
    """Why no code can be sent, in words for operators; empty when all is well."""
    code = store.get(SETTING)
    if template is None:
        return f"没有编码为 {code} 的模板（运行时配置 {SETTING}）"
    if template.channel != ChannelType.SMS or template.options.get("template_type") != CODE:
        return f"模板 {code} 必须属于短信渠道，且渠道选项 template_type 为 code"
    if template.status != TemplateStatus.ACTIVE:
        return f"模板 {code} 未启用：请填写短信平台的模板编号后启用"
    if accounts().default(ChannelType.SMS) is None:
        return "没有可用的短信账号"
    return ""


def look() -> Iterator[Finding]:
    """For `manage.py doctor`."""
    fault = fault_of(MessageTemplate.objects.filter(code=store.get(SETTING)).first())
    yield odd(f"短信验证码不可用：{fault}") if fault else good("短信验证码可用")
