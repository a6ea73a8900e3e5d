"""The WeChat entries: callbacks in, the platform's channels out, commands."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WechatConfig(AppConfig):
    name = "wechat"
    verbose_name = _("微信接入")

    def ready(self) -> None:
        import wechat.diagnosis  # noqa: F401  (registers its check)
        from config.events.relay import register_source
        from customers.actions.handover import transport
        from messaging.channels import registry
        from wechat import personal_data
        from wechat.channels.group_bot.sender import GroupBotChannel
        from wechat.channels.official.sender import OfficialChannel
        from wechat.channels.smart_robot.sender import SmartRobotChannel
        from wechat.channels.work_wechat.sender import WorkWeChatChannel
        from wechat.handover import WeComHandover
        from wechat.sync import hearing
        from wechat.sync.due import publish_due

        hearing.register()
        register_source(publish_due)
        for channel in (
            SmartRobotChannel(),
            GroupBotChannel(),
            WorkWeChatChannel(),
            OfficialChannel(),
        ):
            registry.register(channel)
        transport.register(WeComHandover())
        personal_data.register()
