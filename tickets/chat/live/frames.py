"""Entries of the feed as frames: the present state under the entry's number, once a side."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any, Literal

from config.sockets.frames import frame
from tickets.api.chat.chat import ChatMessageSerializer, ChatSerializer, CustomerChatSerializer
from tickets.models import Chat, ChatFeedEntry, ChatMessage, Visibility

Side = Literal["team", "customer"]
# What a chat's state is told with; the rest is told of what is said in it.
STATES = frozenset({"chat.assigned", "chat.updated", "chat.ended"})
_WITH_MESSAGE = frozenset({"chat.message", "message.recalled"})
_STATUS = "message.status"
GONE = "chat.gone"
_STATUS_FIELDS = ("id", "number", "status", "sent_at", "delivered_at", "read_at", "error")


class Frames:
    """The frames of some entries, with a fixed number of queries."""

    def __init__(self, entries: Sequence[ChatFeedEntry]) -> None:
        self.entries = entries
        keys = {entry.chat_id for entry in entries}
        self.chats: dict[int, Chat] = Chat.objects.select_related(
            "customer", "agent", "group"
        ).in_bulk(keys)
        self._done: dict[tuple[int, Side], str | None] = {}

    def of(self, entry: ChatFeedEntry, side: Side) -> str | None:
        """None where that side is told nothing."""
        key = (entry.pk, side)
        if key not in self._done:
            self._done[key] = self._made(entry, side)
        return self._done[key]

    def _made(self, entry: ChatFeedEntry, side: Side) -> str | None:
        chat = self.chats.get(entry.chat_id)
        if entry.kind == GONE:
            return None  # for one colleague alone
        if chat is None or (side == "customer" and entry.is_internal):
            return None
        content: dict[str, Any] | None
        if entry.kind in STATES:
            content = {"chat": self._chat(chat, side)}
        elif entry.kind in _WITH_MESSAGE:
            content = self._message(entry, side)
        elif entry.kind == _STATUS:
            content = self._statuses(entry, side)
        else:
            content = {"chat_id": chat.pk, **entry.data} if side == "team" else None
        return None if content is None else frame(entry.kind, seq=entry.seq, **content)

    def _chat(self, chat: Chat, side: Side) -> Any:
        return (ChatSerializer if side == "team" else CustomerChatSerializer)(chat).data

    def _message(self, entry: ChatFeedEntry, side: Side) -> dict[str, Any] | None:
        message = self._messages.get(entry.message_id or 0)
        if message is None or (side == "customer" and message.visibility != Visibility.PUBLIC):
            return None
        told = ChatMessageSerializer(message, context={"is_team": side == "team"}).data
        return {"chat_id": entry.chat_id, "message": told}

    def _statuses(self, entry: ChatFeedEntry, side: Side) -> dict[str, Any] | None:
        rows = [self._marks[key] for key in _ids(entry) if key in self._marks]
        told = [
            {name: row[name] for name in _STATUS_FIELDS} | ({} if side == "team" else {"error": ""})
            for row in rows
            if row["chat_id"] == entry.chat_id
            and (side == "team" or row["visibility"] == Visibility.PUBLIC)
        ]
        return {"chat_id": entry.chat_id, "messages": told} if told else None

    @cached_property
    def _messages(self) -> dict[int, ChatMessage]:
        keys = {entry.message_id for entry in self.entries if entry.kind in _WITH_MESSAGE}
        return ChatMessage.objects.select_related("file").in_bulk({key for key in keys if key})

    @cached_property
    def _marks(self) -> dict[int, dict[str, Any]]:
        keys = {key for entry in self.entries if entry.kind == _STATUS for key in _ids(entry)}
        fields = (*_STATUS_FIELDS, "chat_id", "visibility")
        return {row["id"]: row for row in ChatMessage.objects.filter(pk__in=keys).values(*fields)}


def _ids(entry: ChatFeedEntry) -> list[int]:
    return list(entry.data.get("ids", ()))
