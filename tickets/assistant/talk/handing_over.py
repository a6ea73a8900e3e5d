"""To a person: the customer's words in a chat, and for the agent what was said before."""

from django.db.models import QuerySet
from django.utils import timezone

from customers import phones
from tickets.assistant import sessions
from tickets.assistant.talk import wording
from tickets.assistant.talk.turn import Outcome, Said, Talk
from tickets.chat import trail
from tickets.chat.entries import registry
from tickets.chat.entries.inbound import customer_wrote
from tickets.chat.lifecycle.ticketing import ticket_from
from tickets.chat.messages.writing import notice
from tickets.models import (
    Action,
    AssistantTurn,
    Chat,
    ChatMessage,
    ChatStatus,
    Intent,
    Priority,
)

# Above what `chat.priority_tags` can give: who complains waits behind nobody.
COMPLAINT_PRIORITY = 9
TURNS = 10
LINE = 300
LENGTH = 3000


def written(said: Said) -> ChatMessage | None:
    """The words in their customer's chat; None for who is blocked."""
    return customer_wrote(
        entry=said.entry,
        address=said.address,
        content=said.content,
        external_id=said.external_id,
        type=said.type,
        data=said.data,
        upload=said.upload,
        entry_account=said.entry_account,
        name=said.name,
        at=said.at,
        act=said.act,
    )


def hand_over(
    talk: Talk, why: str, *, intent: Intent | None = None, is_complaint: bool = False
) -> Outcome:
    """A chat with the customer's words and a note for the agent; of a complaint an urgent ticket too.

    What the customer is told stands in the chat: there is no reply beside it.
    """
    message = written(talk.said)
    if message is None:
        return Outcome(Action.HANDOFF, intent=intent)
    chat = trail.lock_chat(message.chat_id, talk.actor)
    notice(chat, _summary(talk, why, intent), is_internal=True)
    if is_complaint:
        _hurry(chat, talk)
    if chat.status == ChatStatus.ACTIVE:
        words = wording.COMPLAINT if is_complaint else wording.TO_PERSON
        notice(chat, words, is_essential=True)
    trail.save(chat)
    trail.tell(chat, "chat.updated")
    _told_before(talk).update(chat=chat)
    sessions.forget(talk.session)
    return Outcome(Action.HANDOFF, intent=intent, chat=chat, ticket=chat.ticket)


def _hurry(chat: Chat, talk: Talk) -> None:
    chat.priority = max(chat.priority, COMPLAINT_PRIORITY)
    ticket_from(
        chat,
        actor=talk.actor,
        title=f"客户投诉：{talk.text}",
        priority=Priority.URGENT,
        description=talk.text,
    )


def _told_before(talk: Talk) -> QuerySet[AssistantTurn]:
    """This talk's turns that no agent has been shown."""
    return AssistantTurn.objects.filter(
        session=talk.session, chat=None, created_at__gte=talk.session.started_at
    )


def _summary(talk: Talk, why: str, intent: Intent | None) -> str:
    """The agent's note: why, what is known, and both sides' last words."""
    session = talk.session
    wanted = intent or (Intent(session.intent) if session.intent else None)
    lines = [f"【助手小结】{why}"]
    if wanted is not None:
        lines.append(f"意图：{wanted.label}")
    slots = talk.slots
    known = [
        ("问题", slots.get("problem")),
        ("产品", slots.get("product")),
        ("优先级", Priority(slots["priority"]).label if slots.get("priority") else ""),
        ("留下的手机（未验证）", phones.display(slots["phone"]) if slots.get("phone") else ""),
    ]
    lines += [f"{name}：{value}" for name, value in known if value]
    earlier = list(_told_before(talk).order_by("-pk")[:TURNS])[::-1]
    if earlier:
        lines.append(f"此前在{registry.label(talk.said.entry)}的对话：")
    for turn in earlier:
        when = timezone.localtime(turn.created_at)
        lines.append(f"[{when:%m-%d %H:%M}] 客户：{_short(turn.text)}")
        if turn.reply:
            lines.append(f"　助手：{_short(turn.reply)}")
    return "\n".join(lines)[:LENGTH]


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LINE else line[: LINE - 1] + "…"
