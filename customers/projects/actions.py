"""What can be done with a project. Each act locks the row, checks the table, leaves an event."""

from datetime import date
from decimal import Decimal
from typing import Any, TypedDict

from django.db import transaction

from config.errors import InvalidInputError
from customers.actions.customers import customer_find_or_create
from customers.actions.history import record as record_history
from customers.actors import Actor
from customers.models import Customer, CustomerEventKind, Project, ProjectEvent, User
from customers.projects.trail import ProjectEventKind, lock_project, record, require_team
from customers.visibility import customers_visible_to

NOTE_LENGTH = 5000
NAME_LENGTH = 200


class ProjectFields(TypedDict, total=False):
    """What a POST or PATCH may carry; `products` holds names, the first is the main one."""

    name: str
    owner: User | None
    progress: int
    amount: Decimal
    products: list[str]
    description: str
    expected_at: date | None


@transaction.atomic
def project_create(
    *, customer: Customer, fields: ProjectFields, actor: Actor, engineer: User | None = None
) -> Project:
    """A presale project, owned by `fields["owner"]`, else the actor, else the follow-up owner.

    The caller has made sure that the actor may act for `customer`. Raises `InvalidInputError`
    naming the field, `NotAllowedError`.
    """
    require_team(actor)
    values: dict[str, Any] = {"owner": actor.user or customer.follow_user, **fields}
    values["name"] = _name(values.get("name", ""))
    _check_member(values["owner"], "owner")
    _check_member(engineer, "engineer")
    project = Project(
        customer=customer,
        engineer=engineer,
        created_by=actor.user,
        product=_main(values.get("products", [])),
        **values,
    )
    record(
        project,
        actor,
        ProjectEventKind.CREATED,
        content=project.description,
        engineer_user_id=engineer.pk if engineer else None,
    )
    _tell_timeline(project, actor, f"新建项目「{project.name}」")
    return project


@transaction.atomic
def project_edit(
    *, project_id: int, changes: ProjectFields, actor: Actor, version: int | None = None
) -> Project:
    """The project with `changes`; one event that names each field's old and new value.

    Raises `NotFoundError`, `NotAllowedError`, `InvalidInputError`, `ConflictError` when `version`
    is not the present one.
    """
    require_team(actor)
    project = lock_project(project_id, actor, version=version)
    values: dict[str, Any] = dict(changes)
    if "name" in values:
        values["name"] = _name(values["name"])
    if "products" in values:
        values["product"] = _main(values["products"])
    if "owner" in values:
        _check_member(values["owner"], "owner")
    changed: dict[str, tuple[Any, Any]] = {}
    for field, value in values.items():
        before = getattr(project, field)
        if before != value:
            changed[field] = (before, value)
            setattr(project, field, value)
    if changed:
        record(project, actor, ProjectEventKind.EDITED, changes=changed)
    return project


@transaction.atomic
def project_assign_engineer(
    *,
    project_id: int,
    engineer: User | None,
    actor: Actor,
    note: str = "",
    version: int | None = None,
) -> Project:
    """The project in an engineer's hands, who is told by whoever hears `project.updated`.

    Giving it to who has it already changes nothing. Raises `NotFoundError`, `NotAllowedError`,
    `InvalidInputError` for somebody outside the team.
    """
    require_team(actor)
    _check_member(engineer, "engineer")
    project = lock_project(project_id, actor, version=version)
    before = project.engineer
    if before == engineer:
        return project
    project.engineer = engineer
    record(
        project,
        actor,
        ProjectEventKind.ENGINEER,
        content=note.strip()[:NOTE_LENGTH],
        changes={"engineer": (before, engineer)},
        engineer_user_id=engineer.pk if engineer else None,
    )
    named = engineer.display_name if engineer else "无"
    _tell_timeline(project, actor, f"项目「{project.name}」的工程师：{named}")
    return project


@transaction.atomic
def project_note(*, project_id: int, content: str, actor: Actor) -> ProjectEvent:
    """Words on a project, among colleagues."""
    require_team(actor)
    content = content.strip()
    if not content or len(content) > NOTE_LENGTH:
        raise InvalidInputError(f"内容必须是 1 到 {NOTE_LENGTH} 个字", attr="content")
    project = lock_project(project_id, actor)
    return record(project, actor, ProjectEventKind.NOTE, content=content)


def project_customer(*, name: str, phone: str, company: str = "", actor: Actor) -> Customer:
    """Whom a new project is for, found or made by name and phone; call in a transaction.

    A colleague's customer is not taken over by writing a project for them: owning one shows the
    customer. Raises `InvalidInputError`, `AmbiguousCustomerError`.
    """
    require_team(actor)
    customer, _ = customer_find_or_create(name=name, phone=phone, company=company, actor=actor)
    if customer.follow_user_id is None:
        return customer
    if not customers_visible_to(actor).filter(pk=customer.pk).exists():
        raise InvalidInputError(
            f"客户「{name}」由同事负责，请由负责人或管理员登记项目",
            code="customer_of_a_colleague",
            attr="customer_name",
        )
    return customer


def _name(name: str) -> str:
    name = name.strip()
    if not name or len(name) > NAME_LENGTH:
        raise InvalidInputError(f"项目名称必须是 1 到 {NAME_LENGTH} 个字", attr="name")
    return name


def _main(products: list[str]) -> str:
    return products[0] if products else ""


def _check_member(user: User | None, attr: str) -> None:
    if user is not None and not user.is_team_member:
        raise InvalidInputError("必须是在职员工", code="not_staff", attr=attr)


def _tell_timeline(project: Project, actor: Actor, content: str) -> None:
    record_history(project.customer, actor, CustomerEventKind.PROJECT, content=content)
