"""Steps 2 and 3: the smart robot that hears a group, and the webhook robot that only speaks."""

from collections.abc import Iterator

from django.conf import settings

from config.diagnosis import Finding, good, odd, register, wrong
from messaging.allowed_urls import is_allowed_url
from messaging.models import ChannelAccount, ChannelType
from wechat.diagnosis import asking

SETTINGS = ("AIBOT_TOKEN", "AIBOT_ENCODING_AES_KEY")


@register
def robots() -> Iterator[Finding]:
    if missing := asking.missing(SETTINGS):
        yield odd(
            f"第 2 步：智能机器人未配置，缺少 {missing}；群里 @{settings.AIBOT_NAME} 无人应答"
        )
    else:
        yield good(f"第 2 步：智能机器人「{settings.AIBOT_NAME}」已配置")
    if settings.GROUP_WEBHOOK_URL and not is_allowed_url(settings.GROUP_WEBHOOK_URL):
        yield wrong("第 3 步：GROUP_WEBHOOK_URL 的主机不在 OUTBOUND_ALLOWED_HOSTS 内")
        return
    named = ChannelAccount.objects.filter(channel=ChannelType.GROUP_BOT, is_active=True).count()
    if settings.GROUP_WEBHOOK_URL:
        yield good(f"第 3 步：默认群机器人已配置，另登记 {named} 个群")
    else:
        yield odd(
            "第 3 步：没有默认群机器人（GROUP_WEBHOOK_URL）；工单卡片只发往后台登记的"
            f" {named} 个群机器人"
        )
