"""A chat in writing: what both sides said, with who and when, for a ticket's description."""

from django.utils import timezone

from tickets.chat.entries import registry
from tickets.models import Chat, ChatMessage, ChatMessageType, Sender, Visibility

# A ticket's description takes 10,000 characters; the head must fit beside.
LENGTH = 9_000
LINES = 500


def transcript(chat: Chat) -> str:
    """Oldest first; of a long chat the last words, and how many are left out before them."""
    said = ChatMessage.objects.filter(chat=chat, visibility=Visibility.PUBLIC)
    latest = list(said.select_related("file").order_by("-number")[:LINES])
    lines: list[str] = []
    room = LENGTH
    for message in latest:
        line = _line(message)
        room -= len(line) + 1
        if room < 0:
            break
        lines.append(line)
    left_out = said.count() - len(lines)
    head = f"在线会话 {chat.pk}（{registry.label(chat.entry)}）记录："
    gap = [f"……（之前还有 {left_out} 条）"] if left_out else []
    return "\n".join([head, *gap, *reversed(lines)])


def customers_words(chat: Chat) -> str:
    """What the customer alone wrote, line by line; empty when they wrote nothing."""
    wrote = ChatMessage.objects.filter(chat=chat, sender=Sender.CUSTOMER, recalled_at__isnull=True)
    words = [text_of(message) for message in wrote.select_related("file").order_by("number")]
    return "\n".join(words)[:LENGTH]


def text_of(message: ChatMessage) -> str:
    """A message in words: pictures and files by their names, a recalled one as just that."""
    if message.recalled_at is not None:
        return "（已撤回）"
    match message.type:
        case ChatMessageType.IMAGE:
            return f"[图片] {message.file.name if message.file else ''}".strip()
        case ChatMessageType.FILE:
            return f"[文件] {message.file.name if message.file else ''}".strip()
        case ChatMessageType.CARD:
            return f"[卡片] {message.data.get('title', '')} {message.content}".strip()
        case _:
            return message.content


def _line(message: ChatMessage) -> str:
    when = timezone.localtime(message.created_at)
    who = message.sender_name or message.get_sender_display()
    return f"[{when:%m-%d %H:%M:%S}] {who}：{text_of(message)}"[:2000]
