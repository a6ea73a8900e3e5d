"""What phone codes announce at start (called from `MessagingConfig.ready()`)."""

from config import diagnosis
from config.runtime.schema import register as register_setting
from messaging.phone_codes import setup


def register() -> None:
    register_setting(
        setup.SETTING,
        "phone_code",
        {"type": "string", "minLength": 1, "maxLength": 64},
        "发送短信验证码所用模板的编码；模板属于短信渠道，渠道选项 template_type 为 code",
    )
    diagnosis.register(setup.look)
