"""One thing read because an event, or we ourselves, said that it has changed."""

from django.db import transaction
from django.utils import timezone

from messaging.channels.base import Outcome, Result
from wechat.client.blocking import BlockingClient, PlatformRefusal
from wechat.sync import jobs, reading, staff, tags
from wechat.sync.contacts import contacts_apply
from wechat.sync.groups import group_gone, groups_apply
from wechat.sync.jobs import Taken
from wechat.sync.payloads import Contact


def pull_contact(client: BlockingClient, taken: Taken) -> None:
    """The contact with all followers; a friend too new for the platform's listing is waited for."""
    at = timezone.now()
    contact = reading.read_contact(client, taken.key)
    if contact is None:
        with transaction.atomic():
            reading.contact_gone(taken.key, at=at)
            if not reading.has_new_friends(taken.key, at=at):
                jobs.done(taken)
                return
        raise PlatformRefusal(Result(Outcome.RETRY, "84061", "平台还没有这位客户的好友关系"))
    _learn_tags(client, contact)
    with transaction.atomic():
        contacts_apply([contact], at=at, is_whole=True)
        jobs.done(taken)


def _learn_tags(client: BlockingClient, contact: Contact) -> None:
    wanted = {tag for follow in contact.follows for tag in follow.tag_ids}
    if wanted - set(tags.known_tags(wanted)):
        tags.tags_apply(tags.corp_tags(client))


def pull_group(client: BlockingClient, taken: Taken) -> None:
    at = timezone.now()
    group = reading.read_group(client, taken.key)
    with transaction.atomic():
        if group is None:
            group_gone(taken.key, at=at)
        else:
            groups_apply([group], at=at)
        jobs.done(taken)


def pull_tags(client: BlockingClient, taken: Taken) -> None:
    groups = tags.corp_tags(client)
    with transaction.atomic():
        tags.tags_apply(groups)
        jobs.done(taken)


def pull_member(client: BlockingClient, taken: Taken) -> None:
    at = timezone.now()
    member = staff.member(client, taken.key)
    with transaction.atomic():
        staff.members_apply([member], at=at, creates=False)
        jobs.done(taken)
