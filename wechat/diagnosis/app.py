"""Steps 1 and 5: the self-built app, and the colleagues whom its members are."""

from collections.abc import Iterator

from django.conf import settings

from config.api.roles import Role
from config.diagnosis import Finding, good, odd, register, wrong
from customers.models import User
from wechat.diagnosis import asking

SETTINGS = (
    "WECOM_CORP_ID",
    "WECOM_CORP_SECRET",
    "WECOM_AGENT_ID",
    "WECOM_TOKEN",
    "WECOM_ENCODING_AES_KEY",
)


@register
def wecom() -> Iterator[Finding]:
    is_real = settings.WECOM_API_BASE == asking.REAL_WECOM
    yield good(f"企业微信：{'真实平台' if is_real else f'模拟平台 {settings.WECOM_API_BASE}'}")
    if missing := asking.missing(SETTINGS):
        yield odd(f"第 1 步：企业微信应用未配置完整，缺少 {missing}；应用消息与回调不可用")
        return
    try:
        agent = asking.wecom(
            "第 1 步：企业微信应用", "agent/get", agentid=str(settings.WECOM_AGENT_ID)
        )
    except asking.Refused as refused:
        yield refused.finding
        return
    if agent.get("close"):
        yield wrong(f"第 1 步：应用「{agent.get('name')}」已停用，请在应用管理中启用")
    else:
        yield good(f"第 1 步：应用「{agent.get('name')}」的凭证有效，服务器地址可信")


@register
def colleagues() -> Iterator[Finding]:
    staff = User.objects.filter(is_active=True, role__in=[Role.STAFF, Role.ADMIN])
    known = staff.exclude(wecom_user_id=None).exclude(wecom_user_id="").count()
    if known:
        yield good(f"第 5 步：{known} 位同事登记了企业微信账号")
    else:
        yield odd("第 5 步：没有同事登记企业微信账号；群命令与应用消息认不出任何人")
