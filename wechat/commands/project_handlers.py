"""Doing what the commands of projects say, through the same actions as every other door (seed 000).

Every refusal names the next command that would work.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from config.errors import NotFoundError
from customers.actions.customers import AmbiguousCustomerError
from customers.actors import Actor
from customers.models import Customer, Project, ProjectStatus, Stage
from customers.projects import actions as projects
from customers.queries.projects import projects_for
from customers.visibility import customers_visible_to
from messaging.markup import as_text
from tickets import actions as tickets
from tickets import states
from tickets.models import Ticket
from tickets.states import TicketStatus
from wechat.commands import meaning
from wechat.commands.choosing import ask, colleague, which_customer
from wechat.commands.each import each
from wechat.commands.project_queries import (
    open_tickets_named,
    progress_text,
    projects_named,
    wanted,
)
from wechat.commands.result import Choice, CommandResult
from wechat.commands.vocabulary import RECORD

LISTED = 10
NAME_CHARACTERS = 30


def record_customer(command: meaning.RecordCustomer, actor: Actor) -> CommandResult:
    """The customer, found or made, and a presale project; said again it is a note."""
    known = customers_visible_to(actor).filter(name=command.customer_name).exists()
    if not command.phone and not known:
        words = as_text(command.demand or "、".join(command.products))[:50]
        example = f"#记录客户 {as_text(command.customer_name)} 手机:13800138000 需求:{words}"
        return CommandResult(f"🤔 新客户请写上手机号\n示例：{example}", handled=False)
    try:
        customer = _customer(command, actor)
    except AmbiguousCustomerError as error:
        return which_customer(error, command)
    name = command.project or (command.products[0] if command.products else command.demand)
    name = name.splitlines()[0][: projects.NAME_LENGTH if command.project else NAME_CHARACTERS]
    same = projects_for(actor).filter(
        customer=customer, name=name, stage=Stage.PRESALE, status=ProjectStatus.OPEN
    )
    if (project := same.first()) is not None:
        if command.demand:
            projects.project_note(project_id=project.pk, content=command.demand, actor=actor)
        return CommandResult(
            f"📝 客户{as_text(customer.name)}已有同名的售前项目 {_named(project)}，"
            f"{'需求已记为备注' if command.demand else '没有重复登记'}；"
            f"查看：「#查询进度 #P{project.pk}」",
            handled=True,
        )
    project = projects.project_create(
        customer=customer,
        fields={
            "name": name,
            "description": command.demand,
            "products": list(command.products),
            "amount": command.amount,
        },
        actor=actor,
    )
    return CommandResult(
        f"✅ 已登记客户{as_text(customer.name)}，售前项目 {_named(project)}；"
        f"查看：「#查询进度 #P{project.pk}」",
        handled=True,
    )


def _customer(command: meaning.RecordCustomer, actor: Actor) -> Customer:
    if command.customer_id is None:
        return projects.project_customer(
            name=command.customer_name, phone=command.phone, company=command.company, actor=actor
        )
    found = customers_visible_to(actor).filter(pk=command.customer_id).first()
    if found is None:
        raise NotFoundError("找不到这位客户")
    return found


def query_projects(command: meaning.QueryProjects, actor: Actor) -> CommandResult:
    try:
        return CommandResult(progress_text(command.target, actor), handled=True)
    except NotFoundError as error:
        raise NotFoundError(f"{error.detail}；登记请发「{RECORD.example}」") from None


def transfer_engineer(command: meaning.TransferEngineer, actor: Actor) -> CommandResult:
    named = colleague(
        command.engineer, lambda name: replace(command, engineer=name), attr="engineer"
    )
    if isinstance(named, CommandResult):
        return named
    engineer = named
    found = projects_named(command.target, actor).filter(status=ProjectStatus.OPEN)
    candidates = list(found[: LISTED + 1])
    if not candidates:
        raise NotFoundError(
            f"没有找到{wanted(command.target)}进行中的项目；可先查询：「#查询进度 客户姓名」"
        )
    if len(candidates) > 1:
        handing = f"@{as_text(engineer.display_name)} {as_text(command.note)[:50]}".strip()
        return _which_project(
            candidates, lambda pk: f"#转接工程师 #P{pk} {handing}", command=command
        )
    before = candidates[0].engineer_id
    project = projects.project_assign_engineer(
        project_id=candidates[0].pk, engineer=engineer, note=command.note, actor=actor
    )
    name = as_text(engineer.display_name)
    if before == engineer.pk:
        return CommandResult(
            f"项目 {_named(project)}的工程师已经是 @{name}，没有改动", handled=True
        )
    told = "已通知" if engineer.wecom_user_id else "没有登记企业微信账号，请自行告知"
    return CommandResult(f"✅ 项目 {_named(project)}已转接工程师 @{name}（{told}）", handled=True)


def resolve_issue(command: meaning.ResolveIssue, actor: Actor) -> CommandResult:
    """The one open ticket that is meant; several are a question, none a note on the project."""
    if command.target.ticket_ids:
        return _resolve_each(command.target.ticket_ids, command.note, actor)
    found = list(open_tickets_named(command.target, actor)[: LISTED + 1])
    if len(found) > 1:
        return _which_ticket(found, command)
    if found:
        return _resolve_each((found[0].pk,), command.note, actor)
    named = list(projects_named(command.target, actor)[: LISTED + 1])
    if not named:
        raise NotFoundError(
            f"没有找到{wanted(command.target)}未完结的工单；可先查询：「/查询工单 客户姓名」"
        )
    if len(named) > 1:
        note = as_text(command.note)[:50]
        return _which_project(
            named, lambda pk: f"#问题已解决 #P{pk} {note}".strip(), command=command
        )
    _note_solved(named[0], command.note, actor)
    return CommandResult(
        f"📝 项目 {_named(named[0])}没有未完结的工单，已记为备注：问题已解决", handled=True
    )


def _resolve_each(ticket_ids: Sequence[int], note: str, actor: Actor) -> CommandResult:
    return each(ticket_ids, lambda ticket_id: _resolve(ticket_id, note, actor), actor)


def _resolve(ticket_id: int, note: str, actor: Actor) -> str:
    ticket = tickets.ticket_transition(
        ticket_id=ticket_id, status=TicketStatus.RESOLVED, progress=100, reason=note, actor=actor
    )
    line = f"✅ 工单 #{ticket.pk} 状态已更新为：{states.label(ticket.status)}"
    project = _project_of(ticket, actor)
    if project is None:
        return line
    _note_solved(project, note, actor, ticket)
    return f"{line}；已记入项目 {_named(project)}"


def _project_of(ticket: Ticket, actor: Actor) -> Project | None:
    """The ticket's project, else the customer's only open one; what the actor sees."""
    visible = projects_for(actor)
    if ticket.project_id is not None:
        return visible.filter(pk=ticket.project_id).first()
    open_ones = list(visible.filter(customer=ticket.customer_id, status=ProjectStatus.OPEN)[:2])
    return open_ones[0] if len(open_ones) == 1 else None


def _note_solved(project: Project, note: str, actor: Actor, ticket: Ticket | None = None) -> None:
    about = f"（工单 #{ticket.pk}）" if ticket else ""
    content = f"问题已解决{about}：{note}" if note else f"问题已解决{about}"
    projects.project_note(
        project_id=project.pk, content=content[: projects.NOTE_LENGTH], actor=actor
    )


def _which_project(
    candidates: list[Project],
    spelled: Callable[[int], str],
    *,
    command: meaning.TransferEngineer | meaning.ResolveIssue,
) -> CommandResult:
    """`spelled` writes the command out for one project: it can be sent as well as chosen."""
    choices = [
        Choice(
            f"{as_text(project.name)[:30]}（{as_text(project.customer.name)}，"
            f"{project.get_stage_display()}）→ {spelled(project.pk)}",
            replace(command, target=meaning.Target(project_id=project.pk)),
        )
        for project in candidates[:LISTED]
    ]
    return ask(f"有{_many(candidates)}个项目，请发送其中一条", choices)


def _which_ticket(candidates: list[Ticket], command: meaning.ResolveIssue) -> CommandResult:
    behind = f"，{as_text(command.note)[:50]}" if command.note else ""
    choices = [
        Choice(
            f"{as_text(ticket.title)[:30]}（{as_text(ticket.customer.name)}，"
            f"{states.label(ticket.status)}）→ #{ticket.pk} 已解决{behind}",
            replace(command, target=meaning.Target(ticket_ids=(ticket.pk,))),
        )
        for ticket in candidates[:LISTED]
    ]
    return ask(f"有{_many(candidates)}个未完结的工单，请发送其中一条", choices)


def _many(candidates: Sequence[object]) -> str:
    return f" {len(candidates)} " if len(candidates) <= LISTED else f"超过 {LISTED} "


def _named(project: Project) -> str:
    return f"#P{project.pk}「{as_text(project.name)[:60]}」"
