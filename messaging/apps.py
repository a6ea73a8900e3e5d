"""Messages: accepted, kept, sent over channels, traced."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MessagingConfig(AppConfig):
    name = "messaging"
    verbose_name = _("消息")

    def ready(self) -> None:
        from config.events.relay import register_source
        from customers import channel_addresses
        from messaging import (
            conditions,
            customer_profile,
            dashboard,
            permission_groups,
            personal_data,
            retention,
            runtime_settings,
        )
        from messaging.channels import registry
        from messaging.channels.app.sender import AppChannel
        from messaging.channels.email.sender import EmailChannel
        from messaging.channels.feishu.sender import FeishuChannel
        from messaging.channels.sms.sender import SmsChannel
        from messaging.phone_codes import registration as phone_codes
        from messaging.sending.chunks import publish_due
        from messaging.sending.sweep import Sweeper
        from messaging.staff_alerts import events

        runtime_settings.register()
        phone_codes.register()
        personal_data.register()
        events.register_all()
        customer_profile.register()
        conditions.register()
        retention.register()
        dashboard.register()
        permission_groups.register()
        register_source(publish_due)
        register_source(Sweeper())
        channel_addresses.register(registry.normal_address)
        for channel in (SmsChannel(), EmailChannel(), AppChannel(), FeishuChannel()):
            registry.register(channel)
