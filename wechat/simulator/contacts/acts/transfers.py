"""What becomes of hand-overs that wait, at once instead of after a day (§2.4)."""

from typing import Any

from wechat.simulator.answers import InvalidRequest
from wechat.simulator.contacts import lifecycle
from wechat.simulator.contacts.acts.told import Done, words
from wechat.simulator.contacts.models import Transfer, TransferStatus


def transfer_accept(body: dict[str, Any]) -> Done:
    """`{external_userids?}`: theirs, or all that wait, are done."""
    waiting = _waiting(body)
    return Done(lifecycle.finish(waiting), {"transfers": len(waiting)})


def transfer_refuse(body: dict[str, Any]) -> Done:
    """The customers refuse."""
    waiting = _waiting(body)
    return Done(lifecycle.fail(waiting, TransferStatus.REFUSED), {"transfers": len(waiting)})


def transfer_limit(body: dict[str, Any]) -> Done:
    """Whoever takes over has as many customers as one may have."""
    waiting = _waiting(body)
    return Done(lifecycle.fail(waiting, TransferStatus.LIMIT), {"transfers": len(waiting)})


def _waiting(body: dict[str, Any]) -> list[int]:
    rows = Transfer.objects.filter(status=TransferStatus.WAITING)
    if "external_userids" in body:
        rows = rows.filter(contact__external_userid__in=words(body, "external_userids"))
    found = list(rows.values_list("pk", flat=True))
    if not found:
        raise InvalidRequest("external_userids", "没有等待接替的客户")
    return found
