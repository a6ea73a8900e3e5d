"""What `manage.py doctor` says about the WeCom entries."""

import asyncio
from collections.abc import Iterator

import aiohttp
from django.conf import settings

from config.diagnosis import Finding, good, odd, register, wrong
from messaging.allowed_urls import is_allowed_url
from messaging.channels import registry
from messaging.channels.base import Verification
from messaging.models import ChannelType
from wechat.client.http import CallFailed
from wechat.client.tokens import access_token
from wechat.client.wecom import configured_app

APP_SETTINGS = (
    "WECOM_CORP_ID",
    "WECOM_CORP_SECRET",
    "WECOM_AGENT_ID",
    "WECOM_TOKEN",
    "WECOM_ENCODING_AES_KEY",
)
OFFICIAL_SETTINGS = ("MP_APP_ID", "MP_APP_SECRET", "MP_TOKEN", "MP_ENCODING_AES_KEY")
AIBOT_SETTINGS = ("AIBOT_TOKEN", "AIBOT_ENCODING_AES_KEY")


@register
def wecom() -> Iterator[Finding]:
    real = settings.WECOM_API_BASE == "https://qyapi.weixin.qq.com"
    yield good("企业微信：真实平台" if real else f"企业微信：模拟平台 {settings.WECOM_API_BASE}")
    missing = [name for name in APP_SETTINGS if not getattr(settings, name)]
    if missing:
        yield odd(f"企业微信应用未配置完整，缺少 {'、'.join(missing)}；应用消息与回调不可用")
    else:
        yield _credentials()
    missing = [name for name in AIBOT_SETTINGS if not getattr(settings, name)]
    if missing:
        yield odd(
            f"智能机器人未配置，缺少 {'、'.join(missing)}；群里 @{settings.AIBOT_NAME} 无人应答"
        )
    if not settings.GROUP_WEBHOOK_URL:
        yield odd("没有默认群机器人（GROUP_WEBHOOK_URL）；工单卡片只发往后台登记的群机器人")
    elif not is_allowed_url(settings.GROUP_WEBHOOK_URL):
        yield wrong("GROUP_WEBHOOK_URL 的主机不在 OUTBOUND_ALLOWED_HOSTS 内")


@register
def official() -> Iterator[Finding]:
    missing = [name for name in OFFICIAL_SETTINGS if not getattr(settings, name)]
    if missing:
        yield odd(f"公众号未配置完整，缺少 {'、'.join(missing)}；公众号消息与回执不可用")
        return
    try:
        found = asyncio.run(_verified_official())
    except (aiohttp.ClientError, TimeoutError):
        yield odd(f"连不上 {settings.MP_API_BASE}，未能核对公众号凭证")
        return
    yield (
        good(found.detail)
        if found.ok
        else wrong(f"公众号平台拒绝了凭证（{found.code}）：{found.detail}")
    )


async def _verified_official() -> Verification:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as http:
        return await registry.get(ChannelType.WECHAT).verify(None, http)


def _credentials() -> Finding:
    """Asks for a token: the cheapest call that proves corporation and secret."""
    try:
        asyncio.run(_token())
    except CallFailed as failure:
        return wrong(f"企业微信拒绝了凭证（{failure.result.code}）：{failure.result.detail}")
    except (aiohttp.ClientError, TimeoutError):
        return odd(f"连不上 {settings.WECOM_API_BASE}，未能核对企业微信凭证")
    return good("企业微信凭证有效")


async def _token() -> str:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as http:
        return await access_token(http, configured_app())
