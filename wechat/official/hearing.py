"""Acting on the Official Account's callbacks: messages to the reception, events to `events`.

Runs in the callback's own transaction. What is to be said goes out with the platform's own answer
while that still waits, else as a customer-service message.
"""

import time

from tickets.assistant import reception, saying
from tickets.assistant.heard import Heard
from wechat.channels.official.receipts import OPENID
from wechat.models import Callback
from wechat.official import events, followers
from wechat.official.chat_entry import ENTRY
from wechat.official.media import wanted
from wechat.official.messages import moment_of, said, text


def hear(callback: Callback, answer_by: float | None) -> str | None:
    """What was done about it; None for an event that is not known, and for who is nobody."""
    payload = callback.payload
    openid = text(payload, "FromUserName")
    if not OPENID.fullmatch(openid):
        return None
    if callback.event:
        heard = events.happened(callback.event, payload, openid, callback.dedupe_key)
    elif text(payload, "MsgType") == "event":
        return None
    else:
        heard = _written(callback, openid)
    if heard is None:
        return None
    if heard.turn_id is not None:
        wanted.look_again(openid)
    if heard.reply:
        _say(callback, openid, heard.reply, answer_by)
    return "\n".join(part for part in (heard.reply, heard.note) if part)


def _written(callback: Callback, openid: str) -> Heard:
    at = moment_of(callback.payload)
    heard = reception.hear(
        entry=ENTRY.code,
        address=openid,
        content=said(callback.payload),
        external_id=callback.dedupe_key,
        at=at,
    )
    # Afterwards: whoever is new has been met by then, with the locks that this takes.
    follower = followers.follower_seen(openid=openid, at=followers.now_or(at))
    wanted.note(callback.payload, callback.dedupe_key, follower, heard)
    return heard


def _say(callback: Callback, openid: str, reply: str, answer_by: float | None) -> None:
    if answer_by is not None and time.monotonic() < answer_by:
        callback.passive_reply = reply
    else:
        saying.say(entry=ENTRY.code, address=openid, text=reply)
