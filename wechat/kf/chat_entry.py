"""Talking with customers who write to WeChat customer service (docs/chat-entries.md)."""

from datetime import timedelta
from typing import Any

from django.conf import settings

from customers.actors import Entry
from customers.models import Customer, CustomerChannel, CustomerStatus
from messaging.models import ChannelType
from tickets.chat.entries.base import Act, BudgetRule
from tickets.models import Chat, ChatMessage
from wechat.channels.kf.sender import TEXT_BYTES, text_payload
from wechat.chat_words import words_of
from wechat.text_entry import TextEntry


class KfEntry(TextEntry):
    code = "kf"
    label = "微信客服"
    channel = ChannelType.KF
    door = Entry.KF
    text_bytes = TEXT_BYTES
    # A tapped line of a menu is a message of theirs here.
    budgets = dict.fromkeys(Act, BudgetRule(5, timedelta(hours=48)))
    # 95013: the session is over; like the others it waits for the customer's next words.
    spent_codes = frozenset({"95001", "95002", "95013"})
    customer_channel = CustomerChannel.KF

    def payload(self, chat: Chat, message: ChatMessage) -> dict[str, Any]:
        """`msgid` is the message's own: however often it is carried, it is delivered once."""
        body = text_payload(chat.entry_account, words_of(message))
        return {**body, "msgid": f"chat{message.pk}"}

    def plain(self, text: str, account: str = "") -> dict[str, Any]:
        return text_payload(account, text)

    def customer_at(self, address: str, account: str) -> Customer | None:
        """A contact of WeCom has the same external id here."""
        rows = Customer.objects.filter(
            external_userid=address, corp_id__in=[settings.WECOM_CORP_ID, ""]
        )
        return rows.exclude(status=CustomerStatus.DELETED).order_by("-corp_id", "pk").first()


ENTRY = KfEntry()
