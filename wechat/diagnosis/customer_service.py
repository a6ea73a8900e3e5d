"""Step 9: WeChat customer service (微信客服)."""

from collections.abc import Iterator

from config.diagnosis import Finding, good, odd, register, wrong
from wechat.diagnosis import app, asking
from wechat.models import KfAccount

NOT_FOR_US = {48002, 95017, 301002}


@register
def customer_service() -> Iterator[Finding]:
    if asking.missing(app.SETTINGS):
        return
    try:
        answer = asking.wecom(
            "第 9 步：微信客服", "kf/account/list", body={"offset": 0, "limit": 100}
        )
    except asking.Refused as refused:
        # Who does not use it need not have it.
        is_unused = refused.code in NOT_FOR_US and not KfAccount.objects.exists()
        yield odd(refused.finding.sentence) if is_unused else refused.finding
        return
    accounts = answer.get("account_list")
    ours = [row for row in accounts if isinstance(row, dict)] if isinstance(accounts, list) else []
    if not ours:
        yield odd("第 9 步：没有由 API 管理的微信客服账号")
        return
    yield good(f"第 9 步：微信客服有 {len(ours)} 个账号")
    for account in KfAccount.objects.filter(is_active=True).exclude(error=""):
        yield wrong(f"第 9 步：微信客服「{account}」读取消息失败：{account.error}")
