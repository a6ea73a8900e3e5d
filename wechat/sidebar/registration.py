"""What this area announces at start (called from `WechatConfig.ready()`)."""


def register() -> None:
    """Runtime settings, subscriptions and registries of `wechat.sidebar`."""
