"""Finding the projects and tickets that a command names, in the asker's view only."""

from django.db.models import QuerySet
from django.utils import timezone

from config.errors import NotFoundError
from customers import phones
from customers.actors import Actor
from customers.models import Project
from customers.projects.attached import Tickets, tickets_of
from customers.queries.projects import projects_for
from messaging.markup import as_text
from tickets import states
from tickets.models import Ticket
from tickets.queries.tickets import tickets_for
from wechat.commands.meaning import Target

SHOWN = 5


def projects_named(target: Target, actor: Actor) -> QuerySet[Project]:
    """Raises `InvalidInputError` for a bad number. A name is a customer's, else a project's."""
    projects = projects_for(actor)
    if target.project_id is not None:
        return projects.filter(pk=target.project_id)
    if target.number is not None:
        found = projects.filter(pk=target.number)
        return found if found.exists() else _of_tickets(projects, (target.number,), actor)
    if target.ticket_ids:
        return _of_tickets(projects, target.ticket_ids, actor)
    if target.phone:
        return projects.filter(customer__phone=phones.normalize(target.phone))
    of_customer = projects.filter(customer__name=target.words)
    return of_customer if of_customer.exists() else projects.filter(name__icontains=target.words)


def _of_tickets(
    projects: QuerySet[Project], ticket_ids: tuple[int, ...], actor: Actor
) -> QuerySet[Project]:
    tickets = tickets_for(actor).filter(pk__in=ticket_ids, project__isnull=False)
    return projects.filter(pk__in=tickets.order_by().values("project_id"))


def open_tickets_named(target: Target, actor: Actor) -> QuerySet[Ticket]:
    """Open tickets of the project, else of the customer of that name or number."""
    tickets = tickets_for(actor).filter(status__in=states.OPEN)
    if target.project_id is not None:
        return tickets.filter(project_id=target.project_id)
    if target.phone:
        return tickets.filter(customer__phone=phones.normalize(target.phone))
    of_customer = tickets.filter(customer__name=target.words)
    if of_customer.exists():
        return of_customer
    named = projects_named(target, actor).order_by().values("pk")
    return tickets.filter(project__in=named)


def wanted(target: Target) -> str:
    """What was asked for, as it may stand in an answer."""
    if target.project_id is not None:
        return f"项目 #P{target.project_id}"
    if target.number is not None or target.ticket_ids:
        return f"编号 #{target.number or target.ticket_ids[0]}"
    return f"手机 {as_text(target.phone)}" if target.phone else f"「{as_text(target.words)[:50]}」"


def progress_text(target: Target, actor: Actor) -> str:
    """Markdown with the newest projects of the target. Raises `NotFoundError` when there is none."""
    found = projects_named(target, actor)
    total = found.count()
    if total == 0:
        raise NotFoundError(f"没有找到{wanted(target)}的项目")
    shown = list(found[:SHOWN])
    tickets = tickets_of([project.pk for project in shown], actor)
    blocks = [f"📁 查询到 {total} 个项目："]
    blocks += [_block(project, tickets[project.pk]) for project in shown]
    if total > SHOWN:
        blocks.append(f"仅显示最近 {SHOWN} 个，其余请用项目编号查询或在后台查看。")
    return "\n\n".join(blocks)


def _block(project: Project, tickets: Tickets) -> str:
    customer = project.customer
    owner, engineer = (
        as_text(user.display_name) if user else "待定" for user in (project.owner, project.engineer)
    )
    stage = project.get_stage_display()
    lines = [
        f"**项目 #P{project.pk}** {as_text(project.name)[:60]}",
        f"客户：{as_text(customer.name)}（{phones.mask(customer.phone) or '无手机号'}）",
        f"阶段：{stage} | 状态：{project.get_status_display()} | 进度：{project.progress}%",
        f"金额：{project.amount} 元 | 产品：{as_text('、'.join(project.products))[:60] or '未填写'}",
        f"负责人：{owner} | 工程师：{engineer}",
    ]
    if tickets["open"]:
        named = "；".join(
            f"#{ticket['id']} {as_text(ticket['title'])[:20]}（{states.label(ticket['status'])}）"
            for ticket in tickets["open_list"][:3]
        )
        lines.append(f"未完结工单 {tickets['open']} 个：{named}")
    lines.append(f"更新时间：{timezone.localtime(project.updated_at):%Y-%m-%d %H:%M}")
    return "\n".join(lines)
