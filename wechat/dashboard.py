"""The WeChat entries on the admin's first page: what of them needs a hand."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from config.admin_look import badges
from config.dashboard import cards
from config.dashboard.cards import Card, Content, Figure, Line, Link, Tone
from wechat.models import Callback, CallbackStatus, ContactWay, SyncJob

SHOWN = 5
# The table grows with every message and has no index of states that end it.
LOOKED_AT = 2000


def register() -> None:
    cards.register(Card("wechat", "微信接入", "sync_problem", "wechat.view_syncjob", 70, _content))
    badges.register("sync_jobs_failed", lambda user: _capped(_failed_jobs()))
    cards.register_link(Link("模拟器", "science", "simulator:page", setting="SANDBOX"))


def _content(user: Any) -> Content:
    failed = _failed_jobs()
    parts = (
        ("同步失败", _capped(failed), "syncjob", "?is_failed__exact=1"),
        (
            "近期回调失败",
            _capped(_recent_callbacks().filter(status=CallbackStatus.FAILED)),
            "callback",
            f"?status__exact={CallbackStatus.FAILED}",
        ),
        ("活码失败", _capped(ContactWay.objects.exclude(error="")), "contactway", ""),
    )
    return Content(
        figures=[
            Figure(
                label,
                badges.in_words(count),
                f"{reverse(f'admin:wechat_{model}_changelist')}{query}",
                Tone.BAD if count else Tone.PLAIN,
            )
            for label, count, model, query in parts
        ],
        lines=[
            Line(
                f"{job.get_kind_display()} {job.key}",
                job.error or job.error_code,
                reverse("admin:wechat_syncjob_change", args=[job.pk]),
                Tone.BAD,
            )
            for job in failed.order_by("-due_at")[:SHOWN]
        ],
        empty="没有失败的同步",
    )


def _recent_callbacks() -> QuerySet[Callback]:
    latest = Callback.objects.order_by("-pk").values_list("pk", flat=True)[:LOOKED_AT]
    return Callback.objects.filter(pk__in=list(latest))


def _failed_jobs() -> QuerySet[SyncJob]:
    return SyncJob.objects.filter(is_failed=True)


def _capped(rows: QuerySet[Any]) -> int:
    return rows.order_by()[: badges.MOST + 1].count()
