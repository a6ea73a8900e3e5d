"""What this area announces at start (called from `WechatConfig.ready()`)."""

from functools import partial

from config.runtime.schema import integer
from config.runtime.schema import register as register_setting
from customers.merging import register_part
from customers.merging.own import rows_of
from tickets.assistant import bind_links
from wechat.binding import links
from wechat.models import OfficialFollower


def register() -> None:
    """Runtime settings, subscriptions and registries of `wechat.binding`."""
    register_part("official_followers", rows_of(OfficialFollower), label="公众号关注")
    register_setting(links.MINUTES, 120, integer(5, 7 * 24 * 60), "绑定手机的链接多少分钟内有效")
    for entry in (links.OFFICIAL, links.WECOM_APP, links.KF):
        bind_links.register(entry, partial(links.bind_url, entry=entry))
