"""Incidents in the database: opened once, told once, whoever and however many look.

Rounds pass through one lock, so that what one has opened the next one sees; the unique index
holds the same for anybody else.
"""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from config.database.locks import transaction_lock
from config.runtime import store
from monitoring.models import Incident
from monitoring.watch import spool
from monitoring.watch.conditions import Condition
from monitoring.watch.judging import Judgement
from monitoring.watch.news import Item, News
from monitoring.watch.settings import LIMITS

# Whoever set out to tell and did not come back within this time is taken for dead.
CLAIM_SECONDS = 60


@transaction.atomic
def take_in(judgement: Judgement, noted: Iterable[spool.Entry] = ()) -> News:
    """Brings the incidents up to date; what is to be told is claimed by the caller.

    `noted` are those of the time without a database.
    """
    transaction_lock("watch.ledger")
    now = timezone.now()
    for entry in noted:
        _import(entry)
    open_now = {(row.rule, row.subject): row for row in Incident.objects.filter(closed_at=None)}
    _refresh(open_now, judgement, now)
    Incident.objects.bulk_create(
        [
            _incident(condition, now)
            for key, condition in judgement.present.items()
            if key not in open_now
        ],
        ignore_conflicts=True,
    )
    return _claim(now)


def told(news: News, way: str) -> None:
    """What was claimed has reached somebody by `way`."""
    now = timezone.now()
    Incident.objects.filter(pk__in=_numbers(news.opened + news.lasting)).update(
        alerted_at=now, alerts=F("alerts") + 1, alerted_by=way, claimed_at=None
    )
    Incident.objects.filter(pk__in=_numbers(news.closed)).update(
        recovery_told_at=now, claimed_at=None
    )


def open_keys() -> set[tuple[str, str]]:
    return set(Incident.objects.filter(closed_at=None).values_list("rule", "subject"))


def _refresh(
    open_now: dict[tuple[str, str], Incident], judgement: Judgement, now: datetime
) -> None:
    """Those still there are marked as seen; those gone for long enough are closed."""
    there = [row.pk for key, row in open_now.items() if key in judgement.present]
    Incident.objects.filter(pk__in=there).update(last_seen_at=now)
    patience = timedelta(seconds=store.get(LIMITS)["recovered_seconds"])
    gone = [
        row.pk
        for key, row in open_now.items()
        if row.rule in judgement.judged
        and key not in judgement.present
        and now - row.last_seen_at >= patience
    ]
    Incident.objects.filter(pk__in=gone, closed_at=None).update(closed_at=now)


def _claim(now: datetime) -> News:
    unclaimed = Q(claimed_at=None) | Q(claimed_at__lt=now - timedelta(seconds=CLAIM_SECONDS))
    long_ago = now - timedelta(hours=store.get(LIMITS)["remind_hours"])
    untold = Q(closed_at=None) & (Q(alerted_at=None) | Q(alerted_at__lt=long_ago))
    recovered = Q(closed_at__isnull=False, alerted_at__isnull=False, recovery_told_at=None)
    rows = list(Incident.objects.filter(unclaimed, untold | recovered).order_by("opened_at", "id"))
    Incident.objects.filter(pk__in=[row.pk for row in rows]).update(claimed_at=now)
    news = News()
    for row in rows:
        item = Item(row.rule, row.subject, row.summary, row.opened_at, row.closed_at, row.pk)
        if row.closed_at is not None:
            news.closed.append(item)
        elif row.alerted_at is None:
            news.opened.append(item)
        else:
            news.lasting.append(item)
    return news


def _incident(condition: Condition, now: datetime) -> Incident:
    return Incident(
        rule=condition.rule,
        subject=condition.subject,
        severity=condition.severity,
        summary=condition.summary[:300],
        details=dict(condition.details),
        opened_at=now,
        last_seen_at=now,
    )


def _import(entry: spool.Entry) -> None:
    """What happened while the database was away becomes a row; several machines may tell of one."""
    known = Incident.objects.filter(
        Q(closed_at=None) | Q(closed_at__gte=entry.opened_at),
        rule=entry.rule,
        subject=entry.subject,
    )
    if not known.exists():
        Incident.objects.create(
            rule=entry.rule,
            subject=entry.subject,
            severity=entry.severity,
            summary=entry.summary,
            opened_at=entry.opened_at,
            last_seen_at=entry.last_seen_at,
            alerted_at=entry.alerted_at,
            alerts=1 if entry.alerted_at else 0,
            alerted_by=entry.alerted_by,
        )


def _numbers(items: Collection[Item]) -> list[int]:
    return [item.number for item in items]
