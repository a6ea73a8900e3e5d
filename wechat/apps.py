"""The WeChat entries: callbacks in, the platform's channels out, commands."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WechatConfig(AppConfig):
    name = "wechat"
    verbose_name = _("微信接入")

    def ready(self) -> None:
        import wechat.diagnosis  # noqa: F401  (registers its check)
        from config.events.relay import register_source
        from config.runtime.schema import register as register_setting
        from customers.actions.handover import transport
        from messaging.channels import registry
        from tickets.chat.entries import registry as chat_entries
        from wechat import chat_entry, dashboard, permission_groups, personal_data, retention
        from wechat.binding import registration as binding
        from wechat.callbacks import measures as callback_measures
        from wechat.callbacks.app_alerts import register_alert
        from wechat.channels.group_bot.sender import GroupBotChannel
        from wechat.channels.official.sender import OfficialChannel
        from wechat.channels.smart_robot.sender import SmartRobotChannel
        from wechat.channels.work_wechat.sender import WorkWeChatChannel
        from wechat.contact_ways import registration as contact_ways
        from wechat.handover import WeComHandover
        from wechat.kf import registration as kf
        from wechat.official import registration as official
        from wechat.sidebar import registration as sidebar
        from wechat.sync import hearing
        from wechat.sync.due import publish_due
        from wechat.welcome import registration as welcome

        hearing.register()
        register_alert()
        register_source(publish_due)
        for channel in (
            SmartRobotChannel(),
            GroupBotChannel(),
            WorkWeChatChannel(),
            OfficialChannel(),
        ):
            registry.register(channel)
        chat_entries.register(chat_entry.ENTRY)
        register_setting(
            chat_entry.STRANGERS,
            default=True,
            schema={"type": "boolean"},
            description="企业微信应用：员工以外的成员来消息时登记为客户并接入会话；关闭后只接待已登记的客户",
        )
        transport.register(WeComHandover())
        personal_data.register()
        retention.register()
        callback_measures.register()
        dashboard.register()
        permission_groups.register()
        for area in (official, kf, binding, contact_ways, welcome, sidebar):
            area.register()
