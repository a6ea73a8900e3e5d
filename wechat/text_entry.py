"""What the platforms' entries have in common: words alone, within the platform's length."""

from typing import ClassVar

from config.errors import InvalidInputError
from tickets.chat.entries.base import ChatEntry
from tickets.models import ChatMessage, ChatMessageType
from wechat.chat_words import words_of


class TextEntry(ChatEntry):
    """Cards and choices leave in words; `text_bytes` is what the platform takes of one message."""

    types = frozenset({ChatMessageType.TEXT, ChatMessageType.CARD, ChatMessageType.QUICK_REPLIES})
    text_bytes: ClassVar[int] = 2048

    def check(self, message: ChatMessage) -> None:
        super().check(message)
        size = len(words_of(message).encode())
        if size > self.text_bytes:
            raise InvalidInputError(
                f"{self.label}一条最多 {self.text_bytes} 字节（约 {self.text_bytes // 3} 个汉字），"
                f"现有 {size} 字节，请分成几条",
                code="max_length",
                attr="content",
            )
