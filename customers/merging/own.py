"""What the customers' own room moves: all that hangs on a customer but the projects."""

from django.db import connection
from django.db.models import Model
from django.utils import timezone

from customers.actors import Actor
from customers.merging.cases_moved import move_cases
from customers.merging.parts import Move, register_part
from customers.merging.projects import hold_projects, move_projects
from customers.models import (
    Customer,
    CustomerActivity,
    CustomerEvent,
    CustomerEventKind,
    CustomerIdentifier,
    CustomerTag,
    EnrollmentStatus,
    Follower,
    FollowerStatus,
    FollowUp,
    FollowUpTask,
    GroupMember,
    HandoverItem,
    PlanEnrollment,
    RiskWarning,
    User,
    WarningOutcome,
)


def register() -> None:
    """Called from `CustomersConfig.ready()`."""
    register_part("identifiers", _move_identifiers, label="渠道地址")
    register_part("tags", _move_tags, label="标签")
    register_part("followers", _move_followers, label="好友关系")
    register_part("groups", rows_of(GroupMember), label="群")
    register_part("follow_ups", rows_of(FollowUp), label="跟进记录")
    register_part("enrollments", _move_enrollments, label="跟进计划")
    register_part("tasks", rows_of(FollowUpTask), label="任务")
    register_part("events", _move_events)
    register_part("activity", _move_activity)
    register_part("warnings", _move_warnings)
    register_part("handovers", _move_handovers)
    register_part("logins", _move_login, label="登录账号")
    register_part("cases", move_cases)
    register_part("projects", move_projects, label="项目", hold=hold_projects)


def rows_of(model: type[Model]) -> Move:
    """The move of a table that only names its customer."""

    def move(keep: Customer, gone: Customer, actor: Actor) -> int:
        rows = model._default_manager.filter(customer=gone)  # noqa: SLF001 - as Django's own
        return rows.update(customer=keep)

    return move


def _move_events(keep: Customer, gone: Customer, actor: Actor) -> int:
    """All but the line that says where they went."""
    rows = CustomerEvent.objects.filter(customer=gone)
    farewell = rows.filter(kind=CustomerEventKind.MERGED, changes__has_key="merged_into")
    return rows.exclude(pk__in=farewell.values("pk")).update(customer=keep)


def _move_identifiers(keep: Customer, gone: Customer, actor: Actor) -> int:
    """Of two addresses on a channel the newer is written to; the other still finds its customer.

    It stays with the row that is gone, and whoever looks an address up goes on to `merged_into`.
    """
    kept = {item.channel: item for item in keep.identifiers.all()}
    moved = 0
    for item in gone.identifiers.all():
        other = kept.get(item.channel)
        if other is None:
            CustomerIdentifier.objects.filter(pk=item.pk).update(customer=keep)
            moved += 1
        elif other.address == item.address:
            item.delete()
        elif other.created_at < item.created_at:
            _swap(item, other)
            moved += 1
    return moved


def _swap(one: CustomerIdentifier, other: CustomerIdentifier) -> None:
    one.address, other.address = other.address, one.address
    one.created_at, other.created_at = other.created_at, one.created_at
    CustomerIdentifier.objects.bulk_update([one, other], ["address", "created_at"])


def _move_tags(keep: Customer, gone: Customer, actor: Actor) -> int:
    carried = keep.tag_links.values("tag")
    moved = CustomerTag.objects.filter(customer=gone).exclude(tag__in=carried).update(customer=keep)
    gone.tag_links.all().delete()
    return moved


def _move_followers(keep: Customer, gone: Customer, actor: Actor) -> int:
    """Of two rows of one member the living one stays."""
    living = gone.followers.filter(status=FollowerStatus.ACTIVE).values("wecom_user_id")
    keep.followers.exclude(status=FollowerStatus.ACTIVE).filter(wecom_user_id__in=living).delete()
    gone.followers.filter(wecom_user_id__in=keep.followers.values("wecom_user_id")).delete()
    return Follower.objects.filter(customer=gone).update(customer=keep)


def _move_enrollments(keep: Customer, gone: Customer, actor: Actor) -> int:
    running = PlanEnrollment.objects.filter(status=EnrollmentStatus.RUNNING)
    running.filter(customer=gone, plan__in=running.filter(customer=keep).values("plan")).update(
        status=EnrollmentStatus.STOPPED, reason="客户合并", ended_at=timezone.now()
    )
    return PlanEnrollment.objects.filter(customer=gone).update(customer=keep)


def _move_activity(keep: Customer, gone: Customer, actor: Actor) -> int:
    """Acts of one day are added."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO customers_customeractivity AS a (customer_id, date, count)"
            " SELECT %s, date, count FROM customers_customeractivity WHERE customer_id = %s"
            " ON CONFLICT (customer_id, date) DO UPDATE SET count = a.count + excluded.count",
            [keep.pk, gone.pk],
        )
    return CustomerActivity.objects.filter(customer=gone).delete()[0]


def _move_warnings(keep: Customer, gone: Customer, actor: Actor) -> int:
    """One open warning a customer: of two the one that is kept goes on."""
    open_ones = RiskWarning.objects.filter(outcome=WarningOutcome.OPEN)
    if open_ones.filter(customer=keep).exists():
        open_ones.filter(customer=gone).delete()
    return RiskWarning.objects.filter(customer=gone).update(customer=keep)


def _move_handovers(keep: Customer, gone: Customer, actor: Actor) -> int:
    """A case that names both keeps both."""
    named = HandoverItem.objects.filter(customer=keep).values("handover")
    return (
        HandoverItem.objects.filter(customer=gone).exclude(handover__in=named).update(customer=keep)
    )


def _move_login(keep: Customer, gone: Customer, actor: Actor) -> int:
    """Of two logins the one of who is kept stays; the other is switched off."""
    logins = User.objects.filter(customer=gone)
    if not User.objects.filter(customer=keep).exists():
        return logins.update(customer=keep)
    logins.update(customer=None, is_active=False)
    return 0
