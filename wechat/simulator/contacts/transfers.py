"""Handing customers over: on the job, and from members who left (§4.5)."""

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpResponse

from wechat.simulator.answers import ok
from wechat.simulator.contacts import lifecycle
from wechat.simulator.contacts.calls import (
    ID_LENGTH,
    colleague,
    contact_post,
    number,
    page,
    text,
    texts,
)
from wechat.simulator.contacts.models import Colleague, Follow, Transfer, TransferStatus

CUSTOMERS_A_CALL = 100
MESSAGE_LENGTH = 200
RESULTS_A_PAGE = 1000
UNASSIGNED_A_PAGE = 1000


@contact_post
def transfer_customer(body: dict[str, Any]) -> HttpResponse:
    """`POST externalcontact/transfer_customer`."""
    return _start(body, is_resigned=False)


@contact_post
def resigned_transfer_customer(body: dict[str, Any]) -> HttpResponse:
    """`POST externalcontact/resigned/transfer_customer`; 40097 for a member who is still here."""
    return _start(body, is_resigned=True)


@contact_post
def transfer_result(body: dict[str, Any]) -> HttpResponse:
    """`POST externalcontact/transfer_result`."""
    return _results(body, is_resigned=False)


@contact_post
def resigned_transfer_result(body: dict[str, Any]) -> HttpResponse:
    """`POST externalcontact/resigned/transfer_result`."""
    return _results(body, is_resigned=True)


@contact_post
def unassigned_list(body: dict[str, Any]) -> HttpResponse:
    """`POST externalcontact/get_unassigned_list`: whom nobody has been asked to take over."""
    limit = number(body, "page_size", least=1, most=UNASSIGNED_A_PAGE, default=UNASSIGNED_A_PAGE)
    rows, next_cursor = page(
        unassigned().select_related("contact"), text(body, "cursor", ID_LENGTH), limit
    )
    gone = {
        row.userid: int(row.left_at.timestamp()) for row in Colleague.objects.all() if row.left_at
    }
    info = [
        {
            "handover_userid": row.userid,
            "external_userid": row.contact.external_userid,
            "dimission_time": gone[row.userid],
        }
        for row in rows
    ]
    return ok(info=info, is_last=not next_cursor, next_cursor=next_cursor)


def unassigned() -> QuerySet[Follow]:
    """The customers of members who left, save those already on their way."""
    on_their_way = Transfer.objects.filter(
        contact=OuterRef("contact"),
        handover_userid=OuterRef("userid"),
        status=TransferStatus.WAITING,
    )
    gone = Colleague.objects.exclude(left_at=None).values("userid")
    return Follow.objects.filter(~Exists(on_their_way), userid__in=gone)


def _start(body: dict[str, Any], *, is_resigned: bool) -> HttpResponse:
    handover = colleague(body.get("handover_userid"), has_left=is_resigned)
    takeover = colleague(body.get("takeover_userid"))
    codes = lifecycle.start(
        handover=handover.userid,
        takeover=takeover.userid,
        external_userids=texts(body, "external_userid", least=1, most=CUSTOMERS_A_CALL),
        is_resigned=is_resigned,
        message="" if is_resigned else text(body, "transfer_success_msg", MESSAGE_LENGTH),
    )
    return ok(
        customer=[
            {"external_userid": external_userid, "errcode": code}
            for external_userid, code in codes.items()
        ]
    )


def _results(body: dict[str, Any], *, is_resigned: bool) -> HttpResponse:
    """While one waits, `takeover_time` lies ahead: when it will be final."""
    handover = colleague(body.get("handover_userid"), may_have_left=True)
    takeover = colleague(body.get("takeover_userid"), may_have_left=True)
    rows, next_cursor = page(
        Transfer.objects.filter(
            handover_userid=handover.userid,
            takeover_userid=takeover.userid,
            is_resigned=is_resigned,
        ).select_related("contact"),
        text(body, "cursor", ID_LENGTH),
        RESULTS_A_PAGE,
    )
    customers = [
        {
            "external_userid": row.contact.external_userid,
            "status": row.status,
            "takeover_time": int(row.due_at.timestamp())
            if row.status in (TransferStatus.DONE, TransferStatus.WAITING)
            else 0,
        }
        for row in rows
    ]
    fields = {"next_cursor": next_cursor} if next_cursor else {}
    return ok(customer=customers, **fields)
