"""What changed here written to WeCom: the present state, compared with what the platform has.

API writes fire no callback (wechat-protocol.md §2.4), so our copy of the platform's state is brought
up to date after each of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from config.database.locks import transaction_lock
from customers.models import Customer, CustomerStatus, Follower, FollowerStatus, Tag
from messaging.channels.base import Outcome, Result
from wechat.callbacks.storable import storable
from wechat.client.blocking import BlockingClient, PlatformRefusal
from wechat.models import FollowerMirror, SyncJobKind
from wechat.sync import jobs, tags
from wechat.sync.jobs import Taken
from wechat.sync.notes import as_written, is_same

TAGS_A_CALL = 100
NAME_TAKEN = 40071
# No such relation, no such customer: our picture is out of date.
OUT_OF_DATE = frozenset({84061, 40096})


@dataclass(frozen=True)
class Target:
    """A customer with their present friends, the one who follows up first."""

    customer: Customer
    friends: Sequence[Follower]


def target_of(customer_id: int) -> Target | None:
    """None for whoever is not, or no more, a customer with friends in WeCom."""
    customer = (
        Customer.objects.exclude(external_userid=None)
        .exclude(status=CustomerStatus.DELETED)
        .filter(pk=customer_id, erased_at=None)
        .first()
    )
    if customer is None:
        return None
    rows = customer.followers.filter(status=FollowerStatus.ACTIVE).select_related("mirror")
    friends = sorted(
        rows,
        key=lambda row: (
            row.user_id != customer.follow_user_id,
            row.added_at is None,
            row.added_at,
            row.pk,
        ),
    )
    return Target(customer, friends) if friends else None


def push_tags(client: BlockingClient, taken: Taken) -> None:
    """Sets on the first friend what none of them has, removes from each what is not there here."""
    target = target_of(int(taken.key))
    if target is not None:
        carried = list(Tag.objects.filter(customers=target.customer).select_related("group"))
        wanted = {*_with_ids(client, carried)}
        there = {tag for friend in target.friends for tag in mirror_of(friend).tag_ids}
        known = set(tags.known_tags(there))
        for place, friend in enumerate(target.friends):
            own = set(mirror_of(friend).tag_ids)
            _mark(
                client,
                target.customer,
                friend,
                add=sorted(wanted - there) if place == 0 else [],
                remove=sorted((own & known) - wanted),
            )
    jobs.done(taken)


def _with_ids(client: BlockingClient, carried: Sequence[Tag]) -> list[str]:
    """The platform's ids of these tags; those that it does not have are made there."""
    missing = [tag for tag in carried if tag.wecom_id is None]
    if missing:
        # Somebody may have made it there already.
        tags.tags_apply(tags.corp_tags(client))
        for tag in Tag.objects.filter(pk__in=[t.pk for t in missing], wecom_id=None):
            _make(client, tag)
    found = Tag.objects.filter(pk__in=[tag.pk for tag in carried]).exclude(wecom_id=None)
    return [str(tag.wecom_id) for tag in found]


def _make(client: BlockingClient, tag: Tag) -> None:
    group = tag.group
    body: dict[str, object] = {"tag": [{"name": tag.name, "order": tag.order}]}
    if group is not None and group.wecom_id:
        body["group_id"] = group.wecom_id
    else:
        body["group_name"] = group.name if group is not None else tags.UNGROUPED
    try:
        answer = storable(client.post("externalcontact/add_corp_tag", body))
    except PlatformRefusal as refusal:
        if refusal.errcode == NAME_TAKEN:
            # Another worker was faster: next time it is in the list.
            busy = Result(Outcome.RETRY, str(NAME_TAKEN), "标签刚刚在企业微信中建立")
            raise PlatformRefusal(busy, NAME_TAKEN) from None
        raise
    made = answer.get("tag_group")
    if isinstance(made, dict):
        tags.tags_apply([tags.group_of(made)], is_whole=False)


def _mark(
    client: BlockingClient,
    customer: Customer,
    friend: Follower,
    *,
    add: Sequence[str],
    remove: Sequence[str],
) -> None:
    """`mark_tag`, a hundred at a time; each success is remembered at once."""
    for start in range(0, max(len(add), len(remove)), TAGS_A_CALL):
        adding, removing = add[start : start + TAGS_A_CALL], remove[start : start + TAGS_A_CALL]
        client.post(
            "externalcontact/mark_tag",
            {
                "userid": friend.wecom_user_id,
                "external_userid": customer.external_userid,
                "add_tag": adding,
                "remove_tag": removing,
            },
        )
        with transaction.atomic():
            transaction_lock(f"wecom.contact:{customer.external_userid}")
            mirror, _ = FollowerMirror.objects.get_or_create(follower=friend)
            mirror.tag_ids = sorted({*mirror.tag_ids, *adding} - set(removing))
            mirror.save(update_fields=["tag_ids"])


def push_remark(client: BlockingClient, taken: Taken) -> None:
    """Remark, description and company of whoever follows up: what was changed here, or is empty there."""
    target = target_of(int(taken.key))
    if target is not None:
        friend = target.friends[0]
        notes = _unwritten(target.customer, friend, taken.fields)
        if notes:
            names = {"company": "remark_company"}
            client.post(
                "externalcontact/remark",
                {
                    "userid": friend.wecom_user_id,
                    "external_userid": target.customer.external_userid,
                    **{names.get(name, name): value for name, value in notes.items()},
                },
            )
            _remember(target.customer, friend, notes)
    jobs.done(taken)


def _unwritten(customer: Customer, friend: Follower, changed: Sequence[str]) -> dict[str, str]:
    there = {
        "remark": friend.remark,
        "description": friend.description,
        "company": mirror_of(friend).company,
    }
    notes = {}
    for name, theirs in there.items():
        ours = str(getattr(customer, name))
        wanted = name in changed or (name != "company" and ours and not theirs)
        if wanted and not is_same(name, ours, theirs):
            notes[name] = as_written(name, ours)
    return notes


def _remember(customer: Customer, friend: Follower, notes: dict[str, str]) -> None:
    own = {name: value for name, value in notes.items() if name != "company"}
    with transaction.atomic():
        transaction_lock(f"wecom.contact:{customer.external_userid}")
        if own:
            Follower.objects.filter(pk=friend.pk).update(**own)
        if "company" in notes:
            FollowerMirror.objects.update_or_create(
                follower=friend, defaults={"company": notes["company"]}
            )


def mirror_of(friend: Follower) -> FollowerMirror:
    """What the platform said of this friend; an empty page when it has not said anything yet."""
    return getattr(friend, "mirror", None) or FollowerMirror(follower=friend)


def is_out_of_date(refusal: PlatformRefusal) -> bool:
    return refusal.errcode in OUT_OF_DATE


def pull_again(taken: Taken) -> None:
    """The customer is to be read anew: the platform knows no such relation."""
    customer = Customer.objects.filter(pk=int(taken.key)).first()
    if customer is not None and customer.external_userid:
        jobs.wish(SyncJobKind.PULL_CONTACT, customer.external_userid)
