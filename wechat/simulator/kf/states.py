"""Who serves a customer: `kf/service_state/get`, `kf/service_state/trans`; servicers (§4.6)."""

from typing import Any

from django.db import transaction
from django.http import HttpResponse

from wechat.simulator.answers import PlatformError, ok
from wechat.simulator.contacts.calls import number, text, texts
from wechat.simulator.kf.calls import account_of, kf_post
from wechat.simulator.kf.items import EVENT_CODE_SECONDS, code_make
from wechat.simulator.kf.models import KfAccount, KfServicer
from wechat.simulator.kf.sending import ASSISTANT, ENDED, HUMAN, NEW, QUEUE, session_of
from wechat.simulator.members import MEMBERS

# What the API may change; what has ended begins again with the customer's next words.
_WAYS = {
    NEW: {ASSISTANT, QUEUE, HUMAN, ENDED},
    ASSISTANT: {QUEUE, HUMAN, ENDED},
    QUEUE: {HUMAN, ENDED},
    HUMAN: {QUEUE, HUMAN, ENDED},
    ENDED: set(),
}


@kf_post
def state_get(body: dict[str, Any]) -> HttpResponse:
    with transaction.atomic():
        session = session_of(account_of(body), text(body, "external_userid", 64, None))
    shown: dict[str, Any] = {"service_state": session.state}
    if session.state == HUMAN:
        shown["servicer_userid"] = session.servicer_userid
    return ok(**shown)


@kf_post
def state_trans(body: dict[str, Any]) -> HttpResponse:
    """A change by the API is told by no event; `msg_code` lets one message follow it."""
    with transaction.atomic():
        account = account_of(body, is_locked=True)
        session = session_of(account, text(body, "external_userid", 64, None))
        wanted = number(body, "service_state", least=NEW, most=ENDED, default=None)
        if session.state == ENDED:
            raise PlatformError(95013, "conversation ended")
        if wanted not in _WAYS[session.state]:
            raise PlatformError(95016, "not allow to trans to this state")
        servicer = ""
        if wanted == HUMAN:
            servicer = _receiving(account, text(body, "servicer_userid", 64, None)).userid
        session.state, session.servicer_userid = wanted, servicer
        session.save(update_fields=["state", "servicer_userid"])
        if wanted == ASSISTANT:
            return ok()
        return ok(msg_code=code_make(account, EVENT_CODE_SECONDS, session.external_userid))


@kf_post
def servicer_add(body: dict[str, Any]) -> HttpResponse:
    account = account_of(body)
    userids = texts(body, "userid_list", least=1, most=100)
    for userid in userids:
        if userid in MEMBERS:
            KfServicer.objects.get_or_create(account=account, userid=userid)
    return _each(userids)


@kf_post
def servicer_del(body: dict[str, Any]) -> HttpResponse:
    userids = texts(body, "userid_list", least=1, most=100)
    account_of(body).servicers.filter(userid__in=userids).delete()
    return _each(userids)


def _each(userids: list[str]) -> HttpResponse:
    known = [(userid, userid in MEMBERS) for userid in userids]
    return ok(
        result_list=[
            {
                "userid": userid,
                "errcode": 0 if is_known else 60111,
                "errmsg": "ok" if is_known else "",
            }
            for userid, is_known in known
        ]
    )


def _receiving(account: KfAccount, userid: str) -> KfServicer:
    """Raises 95014 for who does not serve here now."""
    found = account.servicers.filter(userid=userid, status=0).first()
    if found is None:
        raise PlatformError(95014, "servicer is not active")
    return found
