"""What this area announces at start (called from `WechatConfig.ready()`)."""

from wechat.contact_ways import arrivals


def register() -> None:
    """Runtime settings, subscriptions and registries of `wechat.contact_ways`."""
    arrivals.register()
