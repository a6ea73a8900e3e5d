"""What the customers' own room holds of a person."""

from typing import Any

from django.contrib.admin.models import LogEntry
from django.db.models import Q, QuerySet
from django.utils import timezone

from config.api.idempotency_record import IdempotencyRecord
from config.events.models import OutboxEntry
from customers import personal_data
from customers.actors import Actor
from customers.models import (
    Customer,
    CustomerEvent,
    CustomerGroup,
    CustomerIdentifier,
    CustomerImport,
    CustomerStatus,
    EnrollmentStatus,
    Follower,
    FollowUp,
    FollowUpTask,
    Gender,
    GroupMember,
    Handover,
    HandoverItem,
    ImportRowError,
    MergeCase,
    PlanEnrollment,
    Project,
    ProjectEvent,
    RiskLevel,
    RiskWarning,
    Segment,
    TagRule,
    TaskStatus,
    User,
    WarningOutcome,
)
from customers.personal_data.scrub import scrub
from customers.personal_data.subject import Subject
from customers.visibility import (
    events_visible_to,
    follow_ups_visible_to,
    projects_visible_to,
    tasks_visible_to,
    warnings_visible_to,
)

GONE = "（已删除）"
_EMPTIED: dict[str, Any] = {
    "external_userid": None,
    **dict.fromkeys(
        ("phone", "unionid", "company", "avatar", "province", "city", "remark", "description"), ""
    ),
    "attributes": {},
    "block_reason": "",
    "gender": Gender.UNKNOWN,
    "risk_score": 0,
    "risk_level": RiskLevel.NONE,
    "status": CustomerStatus.DELETED,
}
_SHOWN = [
    *("id", "name", "phone", "company", "corp_id", "external_userid", "unionid", "avatar"),
    *("type", "gender", "province", "city", "remark", "description", "attributes", "channel"),
    *("status", "add_time", "last_active_at", "last_contact_at", "lost_at", "blocked_at"),
    *("block_reason", "risk_score", "risk_level", "created_at", "updated_at"),
]


def register() -> None:
    personal_data.register(
        "customer",
        _collect,
        _erase,
        tables={
            *(Customer, CustomerEvent, CustomerGroup, CustomerIdentifier, CustomerImport, User),
            *(Follower, FollowUp, FollowUpTask, GroupMember, Handover, HandoverItem),
            *(ImportRowError, PlanEnrollment, Project, ProjectEvent, RiskWarning, Segment, TagRule),
            *(IdempotencyRecord, LogEntry, MergeCase, OutboxEntry),
        },
    )


def _collect(customer: Customer, actor: Actor) -> dict[str, Any]:
    """What one's role may see of it: colleagues' notes are for the team."""

    def of(rows: Any, *fields: str) -> list[dict[str, Any]]:
        return list(rows.filter(customer=customer).order_by("pk").values(*fields))

    links = customer.tag_links.order_by("pk")
    activity = customer.activity.order_by("date")
    shown: dict[str, Any] = Customer.objects.filter(pk=customer.pk).values(*_SHOWN).get()
    return {
        "customer": shown,
        "identifiers": list(customer.identifiers.values("channel", "address", "created_at")),
        "tags": list(links.values("tag__name", "source", "created_at")),
        "activity": list(activity.values("date", "count")),
        "followers": of(
            Follower.objects, "wecom_user_id", "status", "remark", "description", "added_at"
        ),
        "groups": of(GroupMember.objects, "group__name", "name", "joined_at", "left_at"),
        "projects": of(
            projects_visible_to(actor),
            *("id", "name", "stage", "status", "products", "amount", "description", "created_at"),
        ),
        "events": of(
            events_visible_to(actor), "kind", "content", "changes", "actor_name", "created_at"
        ),
        "follow_ups": of(
            follow_ups_visible_to(actor), "kind", "content", "author_name", "next_at", "created_at"
        ),
        "tasks": of(tasks_visible_to(actor), "title", "content", "due_at", "status"),
        "risk_warnings": of(warnings_visible_to(actor), "score", "level", "reasons", "raised_at"),
    }


def _erase(customer: Customer, subject: Subject) -> None:
    # Those that go by the customer's id first; then words that were copied elsewhere.
    _erase_person(customer, subject)
    _erase_history(customer, subject)
    _erase_projects(customer, subject)
    _erase_relations(customer, subject)
    _scrub_others(subject)
    _scrub_copies(subject)


def _erase_person(customer: Customer, subject: Subject) -> None:
    for name, value in _EMPTIED.items():
        setattr(customer, name, value)
    customer.name, customer.erased_at = subject.pseudonym, timezone.now()
    customer.save()
    customer.identifiers.all().delete()
    customer.tag_links.all().delete()
    _erase_merged(customer, subject)
    if subject.login_id is not None:
        login = User.objects.get(pk=subject.login_id)
        login.username, login.name = f"erased-{login.pk}", subject.pseudonym
        login.first_name = login.last_name = login.email = ""
        login.is_active = False
        login.set_unusable_password()
        login.save()


def _erase_merged(customer: Customer, subject: Subject) -> None:
    """Records that went into this one: their name, and the addresses that stayed with them.

    Nobody asks any more whether somebody else is this person.
    """
    MergeCase.objects.filter(Q(first=customer) | Q(second=customer)).delete()
    merged = Customer.objects.filter(merged_into=customer)
    CustomerIdentifier.objects.filter(customer__in=merged).delete()
    CustomerEvent.objects.filter(customer__in=merged).update(content="", changes={})
    merged.update(**_EMPTIED, name=subject.pseudonym, erased_at=timezone.now())


def _erase_history(customer: Customer, subject: Subject) -> None:
    CustomerEvent.objects.filter(customer=customer).update(content="", changes={})
    notes = FollowUp.objects.filter(customer=customer)
    notes.filter(done_at=None).update(done_at=timezone.now())
    notes.update(content=GONE, next_at=None)
    tasks = FollowUpTask.objects.filter(customer=customer)
    tasks.filter(status=TaskStatus.OPEN).update(status=TaskStatus.CANCELLED)
    tasks.update(title=GONE, content="")
    enrollments = PlanEnrollment.objects.filter(customer=customer)
    enrollments.filter(status=EnrollmentStatus.RUNNING).update(
        status=EnrollmentStatus.STOPPED, reason="个人信息已删除", ended_at=timezone.now()
    )
    # How often warnings proved right is counted from the settled ones; their evidence goes.
    RiskWarning.objects.filter(customer=customer, outcome=WarningOutcome.OPEN).delete()
    RiskWarning.objects.filter(customer=customer).update(reasons=[])
    _rename_actor(CustomerEvent.objects.all(), "actor", "actor_name", customer, subject)
    _rename_actor(FollowUp.objects.all(), "author", "author_name", customer, subject)


def _erase_projects(customer: Customer, subject: Subject) -> None:
    for project in Project.objects.filter(customer=customer):
        Project.objects.filter(pk=project.pk).update(
            name=f"项目{project.pk}", description="", lost_reason=""
        )
    events = ProjectEvent.objects.filter(project__customer=customer)
    events.update(content="", changes={})
    if subject.login_id is not None:
        ProjectEvent.objects.filter(actor=subject.login_id).update(actor_name=subject.pseudonym)
    events.filter(actor=None, actor_name=subject.name).update(actor_name=subject.pseudonym)


def _rename_actor(rows: Any, account: str, name: str, customer: Customer, subject: Subject) -> None:
    """Where the customer acted themselves."""
    own = Q(**{account: None, name: subject.name, "customer": customer})
    if subject.login_id is not None:
        own |= Q(**{account: subject.login_id})
    rows.filter(own).update(**{name: subject.pseudonym})


def _erase_relations(customer: Customer, subject: Subject) -> None:
    Follower.objects.filter(customer=customer).update(remark="", description="", state="")
    own = Q(customer=customer)
    if subject.marks:
        own |= Q(member_id__in=subject.marks)
    GroupMember.objects.filter(own).update(
        name="", member_id=f"erased-{customer.pk}", customer=customer
    )
    items = HandoverItem.objects.filter(customer=customer)
    items.update(detail="")
    cases = Handover.objects.filter(items__in=items).distinct()
    scrub(cases, subject, subject.words, "message", "report")


def _scrub_others(subject: Subject) -> None:
    """What is written of others keeps a mere name."""
    tables: list[tuple[QuerySet[Any], tuple[str, ...]]] = [
        (Customer.objects.all(), ("remark", "description", "attributes", "block_reason")),
        (CustomerEvent.objects.all(), ("content", "changes")),
        (FollowUp.objects.all(), ("content",)),
        (FollowUpTask.objects.all(), ("title", "content")),
        (Follower.objects.all(), ("remark", "description")),
        (Project.objects.all(), ("name", "description", "lost_reason")),
        (ProjectEvent.objects.all(), ("content", "changes")),
        (CustomerGroup.objects.all(), ("name", "notice")),
        (HandoverItem.objects.all(), ("detail", "moved")),
        (RiskWarning.objects.all(), ("reasons",)),
        (PlanEnrollment.objects.all(), ("reason",)),
        (MergeCase.objects.all(), ("evidence", "note")),
    ]
    for rows, fields in tables:
        scrub(rows, subject, subject.marks, *fields)


def _scrub_copies(subject: Subject) -> None:
    """What machines copied: forms, logs, answers kept for repeats, what waits for the broker."""
    tables: list[tuple[QuerySet[Any], tuple[str, ...]]] = [
        (Handover.objects.all(), ("message", "report")),
        (CustomerImport.objects.all(), ("file_name", "error")),
        (ImportRowError.objects.all(), ("field", "detail")),
        (GroupMember.objects.all(), ("name",)),
        (Segment.objects.all(), ("name", "conditions")),
        (TagRule.objects.all(), ("name", "conditions", "error")),
        (IdempotencyRecord.objects.all(), ("body",)),
        (OutboxEntry.objects.all(), ("payload", "error")),
        (LogEntry.objects.all(), ("object_repr", "change_message")),
    ]
    for rows, fields in tables:
        scrub(rows, subject, subject.words, *fields)
