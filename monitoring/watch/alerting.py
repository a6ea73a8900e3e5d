"""Tells people, by the first way that is configured, not broken itself, and takes it."""

from collections.abc import Collection

from django.utils import timezone

from config.logs import get_logger
from config.runtime import store
from monitoring.watch.news import Item, News
from monitoring.watch.settings import ALERTS
from monitoring.watch.ways import WAYS, Surroundings, Telling, WayFailed

logger = get_logger(__name__)
SHOWN = 12


def tell(news: News, surroundings: Surroundings, *, has_database: bool) -> str:
    """The way by which it went; empty when none did, and the news have to be told again."""
    telling = _telling(news)
    logger.error(
        "watch_alert" if news.opened or news.lasting else "watch_recovered",
        opened=[_name(item) for item in news.opened + news.lasting],
        closed=[_name(item) for item in news.closed],
    )
    names = store.get(ALERTS) if has_database else store.last_known(ALERTS)
    for name in names:
        way = WAYS[name]
        if not way.is_configured() or way.is_broken(surroundings):
            continue
        try:
            way.send(telling)
        except WayFailed as failure:
            logger.warning("watch_way_failed", way=name, error=str(failure))
            continue
        return str(name)
    logger.error("watch_alert_untold")
    return ""


def _telling(news: News) -> Telling:
    parts = [
        _paragraph("🚨 **系统告警**", news.opened),
        _paragraph("🔁 **告警仍未恢复**", news.lasting),
        _paragraph("✅ **已恢复**", news.closed),
    ]
    titles = [
        f"{title} {len(items)} 项"
        for title, items in (
            ("系统告警", news.opened),
            ("仍未恢复", news.lasting),
            ("已恢复", news.closed),
        )
        if items
    ]
    return Telling(
        subject="，".join(titles),
        text="\n".join(part for part in parts if part),
        opened=tuple(_name(item) for item in news.opened + news.lasting),
        closed=tuple(_name(item) for item in news.closed),
    )


def _paragraph(title: str, items: Collection[Item]) -> str:
    if not items:
        return ""
    lines = [f"> {item.summary}{_times(item)}" for item in list(items)[:SHOWN]]
    if len(items) > SHOWN:
        lines.append(f"> 另有 {len(items) - SHOWN} 项")
    return "\n".join([title, *lines])


def _times(item: Item) -> str:
    since = timezone.localtime(item.opened_at)
    if item.closed_at is None:
        return f"（{since:%m-%d %H:%M:%S} 起）"
    minutes, seconds = divmod(int((item.closed_at - item.opened_at).total_seconds()), 60)
    return f"（{since:%H:%M:%S} 起，持续 {minutes} 分 {seconds} 秒）"


def _name(item: Item) -> str:
    return f"{item.rule}:{item.subject}" if item.subject else item.rule
