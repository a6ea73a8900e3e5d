"""Step 8: the page beside a chat: its two tickets, and the domain that both it and the login need."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from django.conf import settings

from config.diagnosis import Finding, good, odd, register, wrong
from wechat.diagnosis import app, asking


@register
def sidebar() -> Iterator[Finding]:
    if asking.missing(app.SETTINGS):
        return
    try:
        asking.wecom("第 8 步：侧边栏的企业凭证", "get_jsapi_ticket")
        asking.wecom("第 8 步：侧边栏的应用凭证", "ticket/get", type="agent_config")
        agent = asking.wecom("第 8 步：侧边栏", "agent/get", agentid=str(settings.WECOM_AGENT_ID))
    except asking.Refused as refused:
        yield refused.finding
        return
    host = urlsplit(settings.APP_DOMAIN).netloc
    trusted = str(agent.get("redirect_domain") or "")
    if not trusted:
        yield odd(f"第 8 步：应用没有可信域名；请在「网页授权及 JS-SDK」填写 {host}")
    elif trusted != host:
        yield wrong(
            f"第 8 步：应用的可信域名是 {trusted}，不是 {host}；登录会被拒绝（50001），"
            "侧边栏签名无效"
        )
    else:
        yield good(f"第 8 步：侧边栏可用，可信域名 {trusted}")
