"""A hand-over of a customer: asked for, waiting a day, done, refused, or over a limit (§4.5)."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from wechat.simulator.contacts import events
from wechat.simulator.contacts.models import Contact, Follow, Transfer, TransferStatus

FINAL_AFTER = timedelta(hours=24)
FREQUENT = timedelta(days=90)
MOVES = 2
# "Assigned by an administrator": how a customer came to whoever took over.
ADD_WAY = 202
UNKNOWN_CUSTOMER = 40096
TOO_OFTEN = 40128
UNDER_WAY = 40129
SAME_MEMBER = 40130
NOT_HIS_CUSTOMER = 40131


@transaction.atomic
def start(
    *, handover: str, takeover: str, external_userids: list[str], is_resigned: bool, message: str
) -> dict[str, int]:
    """An errcode for each customer; 0 means begun, not done."""
    # Two calls for one customer at once: the second sees the first.
    contacts = {
        row.external_userid: row
        for row in Contact.objects.select_for_update().filter(external_userid__in=external_userids)
    }
    follows = Follow.objects.filter(contact__in=contacts.values(), userid=handover)
    his = set(follows.values_list("contact_id", flat=True))
    since = timezone.now() - FREQUENT
    past = list(
        Transfer.objects.filter(contact__in=contacts.values()).values_list(
            "contact_id", "status", "created_at"
        )
    )
    under_way = {pk for pk, status, _ in past if status == TransferStatus.WAITING}
    moved = [pk for pk, status, at in past if status == TransferStatus.DONE and at > since]
    due_at, codes, begun = timezone.now() + FINAL_AFTER, {}, []
    for external_userid in external_userids:
        found = contacts.get(external_userid)
        code = UNKNOWN_CUSTOMER if found is None else 0
        if found is not None:
            code = _refusal(found.pk, his, under_way, moved, is_same=handover == takeover)
        codes[external_userid] = code
        if found is not None and not code:
            begun.append(
                Transfer(
                    contact=found,
                    handover_userid=handover,
                    takeover_userid=takeover,
                    is_resigned=is_resigned,
                    message=message,
                    due_at=due_at,
                )
            )
    Transfer.objects.bulk_create(begun)
    return codes


def _refusal(
    pk: int, his: set[int], under_way: set[int], moved: list[int], *, is_same: bool
) -> int:
    if is_same:
        return SAME_MEMBER
    if pk not in his:
        return NOT_HIS_CUSTOMER
    if pk in under_way:
        return UNDER_WAY
    return TOO_OFTEN if moved.count(pk) >= MOVES else 0


def finish_due() -> None:
    """Whom nobody refused within a day is taken over; the company hears of it in the background."""
    due = Transfer.objects.filter(status=TransferStatus.WAITING, due_at__lte=timezone.now())
    if due.exists():
        told = finish(list(due.values_list("pk", flat=True)))
        transaction.on_commit(lambda: events.tell_later(told))


@transaction.atomic
def finish(transfer_ids: list[int]) -> list[str]:
    """The events of those that were still waiting and are done now."""
    told = []
    for row in _waiting(transfer_ids):
        told += _hand_over(row)
        _close(row, TransferStatus.DONE)
    return told


@transaction.atomic
def fail(transfer_ids: list[int], status: TransferStatus) -> list[str]:
    """`REFUSED` by the customer, or the `LIMIT` of whoever takes over."""
    reasons = {
        TransferStatus.REFUSED: "customer_refused",
        TransferStatus.LIMIT: "customer_limit_exceed",
    }
    told = []
    for row in _waiting(transfer_ids):
        _close(row, status)
        told.append(
            events.customer(
                "transfer_fail",
                row.takeover_userid,
                row.contact.external_userid,
                FailReason=reasons[status],
            )
        )
    return told


def _waiting(transfer_ids: list[int]) -> list[Transfer]:
    rows = Transfer.objects.select_for_update(of=("self",)).select_related("contact")
    return list(rows.filter(pk__in=transfer_ids, status=TransferStatus.WAITING).order_by("pk"))


def _close(row: Transfer, status: TransferStatus) -> None:
    row.status, row.due_at = status, timezone.now()
    row.save(update_fields=["status", "due_at"])


def _hand_over(row: Transfer) -> list[str]:
    """Remark, description and tags go along; who is a friend already keeps his own."""
    old = Follow.objects.filter(contact=row.contact, userid=row.handover_userid).first()
    external_userid, told = row.contact.external_userid, []
    kept = {}
    if old is not None:
        names = ("remark", "description", "remark_company", "remark_mobiles", "tags", "state")
        kept = {name: getattr(old, name) for name in names}
        old.delete()
    _, is_new = Follow.objects.get_or_create(
        contact=row.contact,
        userid=row.takeover_userid,
        defaults={**kept, "add_way": ADD_WAY, "oper_userid": row.handover_userid},
    )
    if is_new:
        told.append(events.customer("add_external_contact", row.takeover_userid, external_userid))
    if old is not None:
        told.append(
            events.customer(
                "del_external_contact",
                row.handover_userid,
                external_userid,
                Source="DELETE_BY_TRANSFER",
            )
        )
    return told
