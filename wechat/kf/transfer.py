"""Giving a customer away on the platform: to a servicer, its queue, the assistant, or nobody (§4.6).

The agent asks in a request; the platform is asked by a job, which ends the chat when it agreed and
tells the agent when it did not. Whom a servicer has already can be given on from the chat in which
their words are read.
"""

from typing import Any

from django.db import transaction

from config.errors import ConflictError, InvalidInputError
from config.events.publish import enqueue
from customers.actors import Actor, Entry, actor_for
from customers.models import User
from tickets.chat.lifecycle import ending
from tickets.chat.lifecycle.charge import require_charge
from tickets.chat.messages.writing import notice
from tickets.chat.trail import lock_chat, require_open, require_team, save, tell
from tickets.models import Chat, EndedBy
from wechat.client.blocking import BlockingClient, PlatformRefusal
from wechat.kf import notes
from wechat.kf.chat_entry import ENTRY
from wechat.kf.doorbell import QUEUE
from wechat.kf.states import SERVED, state_keep, state_of, trans
from wechat.models import KfAccount, KfCustomer, KfState

TASK = "wechat.tasks.kf.hand_over"
# How a client names them.
TARGETS = {
    "servicer": KfState.HUMAN,
    "queue": KfState.QUEUE,
    "robot": KfState.ASSISTANT,
    "end": KfState.ENDED,
}


@transaction.atomic
def kf_transfer(*, chat_id: int, actor: Actor, to: str, servicer: str = "") -> Chat:
    """The chat, about to be given away; `to` is one of `TARGETS`.

    Raises `NotFoundError`, `NotAllowedError` for colleagues without charge of it, `ConflictError`
    for a chat that is no talk of kf, or has ended and whom it was with is nobody's in WeCom,
    `InvalidInputError` for who does not serve there.
    """
    require_team(actor)
    chat = lock_chat(chat_id, actor)
    require_charge(chat, actor)
    row = _of(chat)
    if not _may_give(chat, row):
        require_open(chat)
    state = TARGETS[to]
    if state == KfState.HUMAN:
        _require_receiving(row.account, servicer)
    told = {
        KfState.HUMAN: f"正在转给企业微信接待人员 {notes.name_of(servicer)}…",
        KfState.QUEUE: "正在转入企业微信待接入池…",
        KfState.ASSISTANT: "正在交回智能助手…",
        KfState.ENDED: "正在结束微信客服会话…",
    }
    notice(chat, told[state], is_internal=True)
    save(chat)
    user_id = actor.user.pk if actor.user is not None else 0
    enqueue(TASK, [[chat.pk, int(state), servicer, user_id]], queue=QUEUE)
    return chat


def standing(chat: Chat) -> dict[str, Any]:
    """Who has this chat's customer on the platform, who may take them, and to what they may be given.

    Raises `ConflictError` as `kf_transfer`.
    """
    row = _of(chat)
    is_human = row.state == KfState.HUMAN
    return {
        "state": KfState(row.state).name.lower(),
        "state_label": KfState(row.state).label,
        "servicer": notes.name_of(row.servicer_userid) if is_human else "",
        "targets": list(TARGETS) if _may_give(chat, row) else [],
        "list": _servicers(row.account),
    }


def _servicers(account: KfAccount) -> list[dict[str, object]]:
    ids = [str(one.get("userid")) for one in account.servicers]
    known = {user.wecom_user_id: user for user in User.objects.filter(wecom_user_id__in=ids)}
    return [
        {
            "userid": userid,
            "name": known[userid].display_name if userid in known else userid,
            "is_receiving": bool(one.get("is_receiving")),
        }
        for userid, one in zip(ids, account.servicers, strict=True)
    ]


def hand_over(chat_id: int, state: int, servicer: str, user_id: int) -> None:
    """Asks the platform; an open chat ends with its yes. Asked again it does nothing twice."""
    chat = Chat.objects.filter(pk=chat_id).first()
    if chat is None or chat.entry != ENTRY.code:
        return
    row, wanted = _of(chat), KfState(state)
    is_done = (row.state, row.servicer_userid) == (wanted, servicer)
    if not _may_give(chat, row) or (is_done and not chat.is_open):
        return
    try:
        with BlockingClient() as client:
            reached = _asked(client, row, wanted, servicer)
    except PlatformRefusal as refusal:
        why = refusal.result.detail or refusal.result.code
        whose = "客户仍由您接待，" if chat.is_open else ""
        notes.note_in(chat_id, f"没有转成：{why}。{whose}可以再试")
        return
    _given(chat_id, row, wanted, reached, servicer, user_id)


def _asked(client: BlockingClient, row: KfCustomer, wanted: KfState, servicer: str) -> KfState:
    """The state it is in then. Whom a servicer has, the API gives to the assistant by ending it."""
    if wanted != KfState.ASSISTANT:
        trans(client, row, wanted, servicer)
        return wanted
    now, _ = state_of(client, row)
    if now in SERVED:
        trans(client, row, KfState.ENDED)
        return KfState.ENDED
    if now == KfState.NEW:
        trans(client, row, KfState.ASSISTANT)
        return KfState.ASSISTANT
    return now


@transaction.atomic
def _given(
    chat_id: int, row: KfCustomer, wanted: KfState, reached: KfState, servicer: str, user_id: int
) -> None:
    state_keep(row, reached, servicer)
    user = User.objects.filter(pk=user_id).first()
    if user is None:
        notes.note_in(chat_id, "微信客服会话已转出")
        return
    actor = actor_for(user, Entry.CONSOLE)
    chat = lock_chat(chat_id, actor)
    reason = {
        KfState.HUMAN: f"已转给企业微信接待人员 {notes.name_of(servicer)}",
        KfState.QUEUE: "已转入企业微信待接入池",
        KfState.ASSISTANT: "已交回智能助手：客户再发言时由助手接待",
        KfState.ENDED: "已结束微信客服会话",
    }[wanted]
    notice(chat, reason, is_internal=True)
    by = EndedBy.ASSISTANT if wanted == KfState.ASSISTANT else EndedBy.AGENT
    if chat.is_open:
        # Whatever we said now, the platform would refuse.
        ending.end(chat, actor=actor, by=by, reason=reason, is_said=False)
        return
    chat.ended_by = by
    save(chat)
    tell(chat, "chat.updated")


def _may_give(chat: Chat, row: KfCustomer) -> bool:
    """From the open chat; else from the latest, while somebody in WeCom has them."""
    if chat.is_open:
        return True
    newer = Chat.objects.filter(customer=chat.customer_id, pk__gt=chat.pk)
    return row.state in SERVED and not newer.exists()


def _of(chat: Chat) -> KfCustomer:
    rows = KfCustomer.objects.select_related("account")
    found = rows.filter(account__open_kfid=chat.entry_account, external_userid=chat.address).first()
    if chat.entry != ENTRY.code or found is None:
        raise ConflictError("这个会话不在微信客服中", code="not_kf", attr="entry")
    return found


def _require_receiving(account: KfAccount, servicer: str) -> None:
    found = next((one for one in account.servicers if one.get("userid") == servicer), None)
    if found is None:
        raise InvalidInputError(
            "不是这个客服账号的接待人员", code="unknown_servicer", attr="servicer"
        )
    if not found.get("is_receiving"):
        raise InvalidInputError("这位接待人员没有在接待", code="not_receiving", attr="servicer")
