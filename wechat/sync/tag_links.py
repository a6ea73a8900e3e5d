"""Corporation tags of a page's customers: three copies merged, theirs, ours, and the last common one."""

from collections.abc import Collection, Sequence

from customers.models import Customer, CustomerEventKind, CustomerTag, Tag, TagSource
from wechat.models import SyncJobKind
from wechat.sync.followers import FollowerBook
from wechat.sync.jobs import wish_many
from wechat.sync.ledger import Ledger
from wechat.sync.payloads import Contact
from wechat.sync.tags import known_tags


def merge(
    pairs: Sequence[tuple[Customer, Contact]],
    book: FollowerBook,
    ledger: Ledger,
    *,
    new: Collection[str],
) -> None:
    """Adds what was added there, removes what was removed there, has written there what is new here.

    What was removed here stays removed: writing that there is still under way.
    """
    links = _links([customer for customer, _ in pairs])
    tags = known_tags(
        {tag for customer, _ in pairs for ids in book.tags_now(customer).values() for tag in ids}
    )
    add: list[CustomerTag] = []
    gone: list[CustomerTag] = []
    unwritten: list[Customer] = []
    for customer, _ in pairs:
        now, before = book.tags_now(customer), book.tags_before.get(customer.pk, {})
        if not now:
            continue
        there = set().union(*now.values())
        was_there = set().union(*before.values()) if before else set()
        removed = {
            tag for userid, old in before.items() if userid in now for tag in old - now[userid]
        } - there
        own = links.get(customer.pk, {})
        added = [tags[tag] for tag in sorted(there - was_there - set(own)) if tag in tags]
        add += [CustomerTag(customer=customer, tag=tag, source=TagSource.WECOM) for tag in added]
        lost = [link for tag, link in own.items() if _is_gone(link, tag, there, removed)]
        gone += lost
        if customer.external_userid not in new:
            _tell(customer, added, [link.tag for link in lost], ledger)
        ours = {tag for tag, link in own.items() if link not in lost}
        if ours - there or (there & was_there) - set(own):
            unwritten.append(customer)
            ledger.differs("tags_unwritten", f"{customer.name} 的标签与企业微信不同，已安排推送")
    CustomerTag.objects.bulk_create(add, ignore_conflicts=True)
    CustomerTag.objects.filter(pk__in=[link.pk for link in gone]).delete()
    if unwritten:
        wish_many(SyncJobKind.PUSH_TAGS, [str(customer.pk) for customer in unwritten])


def _is_gone(link: CustomerTag, tag: str, there: set[str], removed: set[str]) -> bool:
    """What the platform set goes with it; what was set here goes when it had arrived there."""
    if link.source == TagSource.WECOM:
        return tag not in there
    return tag in removed and link.source != TagSource.RULE


def _links(customers: Sequence[Customer]) -> dict[int, dict[str, CustomerTag]]:
    found: dict[int, dict[str, CustomerTag]] = {}
    rows = CustomerTag.objects.filter(customer__in=customers, tag__wecom_id__isnull=False)
    for link in rows.select_related("tag"):
        found.setdefault(link.customer_id, {})[str(link.tag.wecom_id)] = link
    return found


def _tell(customer: Customer, added: list[Tag], removed: list[Tag], ledger: Ledger) -> None:
    for tags, kind, event_type in (
        (added, CustomerEventKind.TAGGED, "customer.tag.added"),
        (removed, CustomerEventKind.UNTAGGED, "customer.tag.removed"),
    ):
        if not tags:
            continue
        names, ids = [tag.name for tag in tags], [tag.pk for tag in tags]
        pair = ([], ids) if tags is added else (ids, [])
        ledger.record(customer, kind, content="、".join(names), changes={"tags": pair})
        ledger.announce(event_type, customer, tag_ids=ids, tags=names)
        ledger.differs("tags_differ", f"{customer.name}：{'、'.join(names)}")
