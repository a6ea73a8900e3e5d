"""What goes out, through which accounts, and what became of it."""

from config.admin_look.navigation.entries import Entry, Group

MESSAGES = Group(
    "消息发送",
    (
        Entry(
            "消息记录", "forward_to_inbox", model="messaging.Message", badge="messages_failed_today"
        ),
        Entry("批次", "stacks", model="messaging.MessageBatch"),
        Entry("模板", "article", model="messaging.MessageTemplate"),
        Entry("渠道账号", "hub", model="messaging.ChannelAccount"),
        Entry("渠道熔断", "electric_bolt", model="messaging.ChannelCircuit", badge="circuits_open"),
        Entry("退订", "unsubscribe", model="messaging.OptOut"),
    ),
)
