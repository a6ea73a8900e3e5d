"""What happens on the platform's side, told in the customer's chat."""

from django.db import transaction

from customers.actors import system_actor
from customers.queries.staff import staff_by_wecom_user_id
from tickets.chat.entries.inbound import plain_words
from tickets.chat.entries.people import address_hold, customer_known
from tickets.chat.messages.history import history_write
from tickets.chat.messages.writing import notice
from tickets.chat.trail import lock_chat, save, tell
from tickets.models import OPEN_CHATS, Chat, ChatMessage, Sender
from wechat.kf.chat_entry import ENTRY
from wechat.models import KfCustomer

NOTE_LENGTH = 2000
PLACE = "微信客服 · 企业微信接待"


def chat_of(row: KfCustomer) -> Chat | None:
    """The customer's open chat at this account, else their latest."""
    customer = customer_known(ENTRY, row.external_userid, row.account.open_kfid)
    if customer is None:
        return None
    chats = Chat.objects.filter(
        customer=customer, entry=ENTRY.code, entry_account=row.account.open_kfid
    )
    return chats.filter(status__in=OPEN_CHATS).first() or chats.order_by("-pk").first()


def note(row: KfCustomer, words: str) -> None:
    """A line that the team alone reads; nothing where there was no chat."""
    found = chat_of(row)
    if found is not None:
        note_in(found.pk, words)


@transaction.atomic
def note_in(chat_id: int, words: str) -> None:
    """The same in a chat that is known."""
    chat = lock_chat(chat_id, system_actor(ENTRY.door))
    notice(chat, words[:NOTE_LENGTH], is_internal=True)
    save(chat)


@transaction.atomic
def standing_told(row: KfCustomer) -> None:
    """Who has the customer has changed without a word: the console looks again."""
    found = chat_of(row)
    if found is None or not found.is_open:
        return
    chat = lock_chat(found.pk, system_actor(ENTRY.door))
    tell(chat, "chat.updated")
    save(chat)


@transaction.atomic
def history_in(
    row: KfCustomer, words: str, *, external_id: str, servicer: str = ""
) -> ChatMessage | None:
    """What the customer said to a servicer in WeCom, or the `servicer` to them, to be read here.

    None where there was no chat. The same again is the first.
    """
    address_hold(ENTRY.code, row.external_userid, row.account.open_kfid)
    known = ChatMessage.objects.filter(entry=ENTRY.code, external_id=external_id).first()
    if known is not None:
        return known
    found = chat_of(row)
    if found is None:
        return None
    chat = lock_chat(found.pk, system_actor(ENTRY.door))
    message = history_write(
        chat,
        sender=Sender.AGENT if servicer else Sender.CUSTOMER,
        sender_name=name_of(servicer) if servicer else chat.customer.name,
        content=plain_words(words),
        place=PLACE,
        external_id=external_id,
    )
    save(chat)
    return message


def name_of(userid: str) -> str:
    """Who a servicer is to us, else the platform's id."""
    user = staff_by_wecom_user_id(userid) if userid else None
    return user.display_name if user is not None else userid or "（未知）"
