"""Steps 6 and 7: the Official Account: its credentials, and the menu that stands there."""

from collections.abc import Iterator

from config.diagnosis import Finding, good, odd, register
from wechat.diagnosis import asking

SETTINGS = ("MP_APP_ID", "MP_APP_SECRET", "MP_TOKEN", "MP_ENCODING_AES_KEY")
NO_MENU = 46003


@register
def official() -> Iterator[Finding]:
    if missing := asking.missing(SETTINGS):
        yield odd(f"第 6 步：公众号未配置完整，缺少 {missing}；公众号消息与回执不可用")
        return
    try:
        asking.official("第 6 步：公众号凭证", "get_api_domain_ip")
    except asking.Refused as refused:
        yield refused.finding
        return
    yield good("第 6 步：公众号凭证有效，服务器地址在白名单内")
    yield _menu()


def _menu() -> Finding:
    try:
        asking.official("第 7 步：公众号菜单", "menu/get")
    except asking.Refused as refused:
        if refused.code == NO_MENU:
            return odd("第 7 步：公众号没有菜单；请运行 python manage.py publish_menu")
        return refused.finding
    return good("第 7 步：公众号菜单已发布")
