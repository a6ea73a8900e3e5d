"""What the members do in their own client, and what happens to messages on the way."""

from typing import Any

from wechat.simulator.answers import InvalidRequest
from wechat.simulator.contacts.acts.told import whole, word
from wechat.simulator.kf.items import event_write, item_write
from wechat.simulator.kf.models import KfAccount, KfItem, KfSession, Origin
from wechat.simulator.kf.sending import ENDED, HUMAN

FROM_QUEUE, HANDED_ON, OVER, AGAIN = 1, 2, 3, 4


def servicer_takes(account: KfAccount, body: dict[str, Any]) -> KfItem:
    """`{external_userid, servicer_userid}`: takes the customer, from the queue or a colleague."""
    session, servicer = _session(account, body), _servicer(account, body)
    before, was_over = session.servicer_userid, session.state == ENDED
    session.state, session.servicer_userid = HUMAN, servicer
    session.save()
    change = HANDED_ON if before else AGAIN if was_over else FROM_QUEUE
    more = {"old_servicer_userid": before} if before else {}
    return _changed(session, change, new_servicer_userid=servicer, **more)


def servicer_says(account: KfAccount, body: dict[str, Any]) -> KfItem:
    """`{external_userid, content}`, by who serves them."""
    session = _session(account, body)
    if session.state != HUMAN:
        raise InvalidRequest("external_userid", "这位客户不在人工接待中")
    return item_write(
        account,
        Origin.SERVICER,
        {"msgtype": "text", "text": {"content": word(body, "content", most=5000)}},
        external_userid=session.external_userid,
        servicer_userid=session.servicer_userid,
    )


def servicer_ends(account: KfAccount, body: dict[str, Any]) -> KfItem:
    """`{external_userid}`."""
    session = _session(account, body)
    before = session.servicer_userid
    session.state, session.servicer_userid = ENDED, ""
    session.save()
    return _changed(session, OVER, old_servicer_userid=before)


def servicer_status(account: KfAccount, body: dict[str, Any]) -> KfItem:
    """`{servicer_userid, status}`: 1 receives, 2 has stopped (the event's own numbers)."""
    servicer, status = _servicer(account, body), whole(body, "status", most=2, default=1)
    account.servicers.filter(userid=servicer).update(status=0 if status == 1 else 1)
    return event_write(account, "servicer_status_change", servicer_userid=servicer, status=status)


def message_fails(account: KfAccount, body: dict[str, Any]) -> KfItem:
    """`{msgid, fail_type?}`: what the API sent did not reach the customer after all."""
    item = account.items.filter(msgid=word(body, "msgid"), origin=Origin.API).first()
    if item is None:
        raise InvalidRequest("msgid", "没有这条接口发送的消息")
    return event_write(
        account,
        "msg_send_fail",
        external_userid=item.external_userid,
        fail_msgid=item.msgid,
        fail_type=whole(body, "fail_type", most=20, default=0),
    )


def something_happens(account: KfAccount, body: dict[str, Any]) -> KfItem:
    """`{event: {event_type, …}}`: any event, such as one that nobody has heard of."""
    event = body.get("event")
    if not isinstance(event, dict) or not isinstance(event.get("event_type"), str):
        raise InvalidRequest("event", "必须是含 event_type 的对象")
    fields = {key: value for key, value in event.items() if key not in ("event_type", "open_kfid")}
    return event_write(account, event["event_type"], **fields)


def _changed(session: KfSession, change: int, **who: str) -> KfItem:
    return event_write(
        session.account,
        "session_status_change",
        external_userid=session.external_userid,
        change_type=change,
        **who,
    )


def _session(account: KfAccount, body: dict[str, Any]) -> KfSession:
    rows = account.sessions.select_for_update().select_related("account")
    found = rows.filter(external_userid=word(body, "external_userid")).first()
    if found is None:
        raise InvalidRequest("external_userid", "这位客户没有进入过这个客服账号")
    return found


def _servicer(account: KfAccount, body: dict[str, Any]) -> str:
    userid = word(body, "servicer_userid")
    if not account.servicers.filter(userid=userid).exists():
        raise InvalidRequest("servicer_userid", "不是这个账号的接待人员")
    return userid
