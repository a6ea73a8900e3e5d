"""Customers on the admin's first page, and beside its navigation."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from config.admin_look import badges
from config.dashboard import cards
from config.dashboard.cards import Card, Content, Figure, Line, Tone
from customers.actors import Actor, Entry, actor_for
from customers.merging.cases import cases_visible_to
from customers.models import FollowUpTask, MergeStatus, RiskLevel, TaskStatus, WarningOutcome
from customers.visibility import customers_visible_to, tasks_visible_to, warnings_visible_to

SHOWN = 5


def register() -> None:
    cards.register(
        Card(
            name="customers",
            title="客户与跟进",
            icon="groups",
            permission="customers.view_customer",
            rank=40,
            load=_content,
        )
    )
    badges.register("follow_ups_due", lambda user: _capped(_due(_actor(user))))
    badges.register("merge_cases_open", lambda user: _capped(_open_cases(_actor(user))))


def _actor(user: Any) -> Actor:
    return actor_for(user, Entry.ADMIN)


def _content(user: Any) -> Content:
    actor = _actor(user)
    today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    new = customers_visible_to(actor).filter(created_at__gte=today).count()
    due = _due(actor)
    overdue = _capped(due)
    risky = _capped(
        warnings_visible_to(actor).filter(outcome=WarningOutcome.OPEN, level=RiskLevel.HIGH)
    )
    tasks = reverse("admin:customers_followuptask_changelist")
    risks = reverse("admin:customers_riskwarning_changelist")
    return Content(
        figures=(
            Figure("今日新增", str(new), reverse("admin:customers_customer_changelist")),
            Figure(
                "到期跟进",
                badges.in_words(overdue),
                f"{tasks}?status__exact={TaskStatus.OPEN}",
                Tone.WARN if overdue else Tone.PLAIN,
            ),
            Figure(
                "高流失风险",
                badges.in_words(risky),
                f"{risks}?outcome__exact={WarningOutcome.OPEN}&level__exact={RiskLevel.HIGH}",
                Tone.BAD if risky else Tone.PLAIN,
            ),
        ),
        lines=[_line(task) for task in due.select_related("customer").order_by("due_at")[:SHOWN]],
        empty="没有到期的跟进",
        more=tasks,
        scope="全部" if actor.sees_all else "我的",
    )


def _line(task: FollowUpTask) -> Line:
    return Line(
        f"{task.customer.name} · {task.title}",
        f"{timezone.localtime(task.due_at):%m-%d %H:%M}",
        reverse("admin:customers_customer_change", args=[task.customer_id]),
        Tone.WARN,
    )


def _due(actor: Actor) -> QuerySet[FollowUpTask]:
    return tasks_visible_to(actor).filter(status=TaskStatus.OPEN, due_at__lte=timezone.now())


def _open_cases(actor: Actor) -> QuerySet[Any]:
    return cases_visible_to(actor).filter(status=MergeStatus.OPEN)


def _capped(rows: QuerySet[Any]) -> int:
    """Counted as far as anybody reads it."""
    return rows.order_by()[: badges.MOST + 1].count()
