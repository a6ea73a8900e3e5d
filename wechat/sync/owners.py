"""Who follows a customer up: the oldest friend with an account, unless somebody was assigned."""

from collections.abc import Collection, Sequence

from customers.actors import Entry
from customers.models import Customer, CustomerEvent, CustomerEventKind, User
from wechat.sync.followers import FollowerBook
from wechat.sync.ledger import Ledger


def settle(
    customers: Sequence[Customer],
    book: FollowerBook,
    ledger: Ledger,
    *,
    new: Collection[str],
) -> None:
    """Sets `follow_user` in memory, with its history; whoever saves the customers saves it."""
    wanted: list[tuple[Customer, User]] = []
    for customer in customers:
        oldest = next((row.user for row in book.active(customer) if row.user), None)
        if oldest is not None and oldest.pk != customer.follow_user_id:
            wanted.append((customer, oldest))
    kept = _explicit([customer for customer, _ in wanted if customer.follow_user_id], book)
    for customer, user in wanted:
        if customer.pk in kept:
            continue
        before, is_new = customer.follow_user_id, customer.external_userid in new
        customer.follow_user = user
        if is_new:
            continue
        ledger.record(
            customer,
            CustomerEventKind.ASSIGNED,
            content="按企业微信好友关系",
            changes={"follow_user": ("" if before is None else str(before), user.display_name)},
        )
        ledger.announce(
            "customer.assigned",
            customer,
            from_user_id=before,
            to_user_id=user.pk,
            to_wecom_user_id=user.wecom_user_id or "",
        )


def _explicit(customers: Sequence[Customer], book: FollowerBook) -> set[int]:
    """Those whose owner was chosen here, or has left and is handed over as a case of its own."""
    if not customers:
        return set()
    present = {user.pk for user in book.staff.values()}
    kept = set()
    for customer in customers:
        friends = {row.user_id for row in book.rows(customer)}
        if customer.follow_user_id not in friends & present:
            kept.add(customer.pk)
    chosen = CustomerEvent.objects.filter(
        customer__in=[customer.pk for customer in customers],
        kind__in=[CustomerEventKind.ASSIGNED, CustomerEventKind.TRANSFERRED],
    ).exclude(entry=Entry.WECOM_SYNC)
    return kept | set(chosen.values_list("customer_id", flat=True))
