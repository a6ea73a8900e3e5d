"""Live chat: what was said, and who takes it."""

from config.admin_look.navigation.entries import Entry, Group

CHAT = Group(
    "在线客服",
    (
        Entry("会话记录", "chat", model="tickets.Chat", badge="chats_waiting"),
        Entry("接待客服", "headset_mic", model="tickets.ChatAgent"),
        Entry("客服组", "diversity_3", model="tickets.ChatGroup"),
        Entry("话术", "quickreply", model="tickets.CannedReply"),
    ),
)
