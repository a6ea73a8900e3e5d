"""What this area announces at start (called from `WechatConfig.ready()`)."""

from config.events.relay import register_source
from config.runtime.schema import register as register_setting
from wechat.welcome import personal_data, texts
from wechat.welcome.due import publish_due


def register() -> None:
    """Runtime settings, subscriptions and registries of `wechat.welcome`."""
    register_setting(
        texts.SETTING,
        default=texts.DEFAULT,
        schema=texts.SCHEMA,
        description=(
            "新客户添加成员后 20 秒内自动发送的欢迎语；渠道活码可以单独设置。"
            "变量：{{member}} 成员姓名、{{customer}} 客户昵称、{{company}} 公司名称"
        ),
        check=texts.check_setting,
        titles={
            "enabled": "启用",
            "company": "公司名称",
            "text": "欢迎语",
        },
    )
    register_source(publish_due)
    personal_data.register()
