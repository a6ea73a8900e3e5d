"""The callbacks of 客户联系, exactly as §§2.3–2.5 have them, and telling the company of them."""

import threading
import time
from typing import Any

import requests
from django.conf import settings

from wechat.simulator import callbacks
from wechat.simulator.contacts.models import GroupChat
from wechat.simulator.envelopes import xml_of

SHOWN_CHARACTERS = 500


def customer(change: str, userid: str, external_userid: str, **more: str) -> str:
    """`change_external_contact`; `more` such as `State`, `WelcomeCode`, `Source`, `FailReason`."""
    fields = {"ChangeType": change, "UserID": userid, "ExternalUserID": external_userid, **more}
    return _event("change_external_contact", fields)


def chat(
    group: GroupChat, change: str, detail: str = "", *, numbers: dict[str, int] | None = None,
    changed: list[str] | None = None, last_version: str = "",
) -> str:  # fmt: skip
    """`change_external_chat`; `numbers` are `JoinScene` or `QuitScene`, `changed` the members."""
    fields: dict[str, Any] = {"ChatId": group.chat_id, "ChangeType": change}
    if detail:
        fields["UpdateDetail"] = detail
    fields |= numbers or {}
    if changed is not None:
        fields |= {"MemChangeCnt": len(changed), "MemChangeList": changed}
        fields |= {"LastMemVer": last_version, "CurMemVer": group.member_version}
    return _event("change_external_chat", fields)


def tag(change: str, tag_id: str, kind: str) -> str:
    """`change_external_tag`; `kind` is tag or tag_group."""
    fields = {"Id": tag_id, "TagType": kind, "ChangeType": change, "StrategyId": 0}
    return _event("change_external_tag", fields)


def staff(change: str, userid: str, **more: str) -> str:
    """`change_contact`."""
    return _event("change_contact", {"ChangeType": change, "UserID": userid, **more})


def _event(name: str, fields: dict[str, Any]) -> str:
    whole = {
        "ToUserName": settings.WECOM_CORP_ID,
        "FromUserName": "sys",
        "CreateTime": int(time.time()),
        "MsgType": "event",
        "Event": name,
        **fields,
    }
    return xml_of(whole)


def tell(events: list[str], times: int = 1) -> list[dict[str, Any]]:
    """Sends each `times` times, encrypted anew each time; what came back, status 0 for nothing."""
    return [_answer(event) for event in events for _ in range(times)]


def tell_later(events: list[str]) -> None:
    """In the background: whoever made the platform notice is not kept waiting."""
    if events:
        threading.Thread(
            target=tell, args=(events,), name="sandbox-contact-events", daemon=True
        ).start()


def _answer(event: str) -> dict[str, Any]:
    try:
        response = callbacks.send(callbacks.seal_xml(event))
    except requests.RequestException as error:
        return {"status": 0, "body": type(error).__name__}
    return {"status": response.status_code, "body": response.text[:SHOWN_CHARACTERS]}
