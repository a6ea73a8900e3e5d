"""The Official Account as an entry of live chat (docs/chat-entries.md, wechat-protocol.md §4.7)."""

from datetime import timedelta
from typing import Any

from customers.actors import Entry
from customers.models import Customer, CustomerChannel, CustomerStatus
from messaging.markup import cut_utf8
from messaging.models import ChannelType
from tickets.chat.entries.base import Act, BudgetRule
from tickets.models import Chat, ChatMessage
from wechat.callbacks.official import TEXT_BYTES
from wechat.chat_words import words_of
from wechat.client.official_errors import WINDOW_CLOSED
from wechat.models import OfficialFollower
from wechat.text_entry import TextEntry


class OfficialEntry(TextEntry):
    code = "official_account"
    label = "公众号"
    channel = ChannelType.WECHAT
    door = Entry.OFFICIAL_ACCOUNT
    text_bytes = TEXT_BYTES
    budgets = {
        Act.MESSAGE: BudgetRule(5, timedelta(hours=48)),
        Act.TOUCH: BudgetRule(3, timedelta(minutes=1)),
    }
    spent_codes = WINDOW_CLOSED
    customer_channel = CustomerChannel.OFFICIAL_ACCOUNT

    def payload(self, chat: Chat, message: ChatMessage) -> dict[str, Any]:
        return self.plain(words_of(message))

    def plain(self, text: str, account: str = "") -> dict[str, Any]:
        content = cut_utf8(text, TEXT_BYTES)
        return {"custom": {"msgtype": "text", "text": {"content": content}}}

    def customer_at(self, address: str, account: str) -> Customer | None:
        """The follower's own, whichever way they became known."""
        follower = OfficialFollower.objects.filter(openid=address).select_related("customer")
        found = follower.exclude(customer__status=CustomerStatus.DELETED).first()
        return found.customer if found is not None else None

    def name_for(self, address: str) -> str:
        return f"公众号客户 {address[-6:]}"


ENTRY = OfficialEntry()
