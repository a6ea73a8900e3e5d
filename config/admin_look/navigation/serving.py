"""The navigation as one person has it: only what they may open, with what waits there."""

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse

from config.admin_look import badges
from config.admin_look.navigation import GROUPS
from config.admin_look.navigation.entries import Entry, Group


@dataclass(frozen=True)
class Found:
    title: str
    group: str
    link: str
    icon: str


def for_request(request: HttpRequest) -> list[dict[str, Any]]:
    """In unfold's words."""
    ways = [(group, _open_entries(request, group)) for group in GROUPS]
    counts = badges.counts_for(
        request.user, [entry.badge for _, entries in ways for entry in entries if entry.badge]
    )
    shown = []
    for group, entries in ways:
        if not entries:
            continue
        waiting = sum(counts.get(entry.badge, 0) for entry in entries)
        part: dict[str, Any] = {
            "title": group.title,
            "collapsible": not group.is_always_open,
            "items": [_item(entry, counts.get(entry.badge, 0)) for entry in entries],
        }
        if waiting:
            part["badge"] = badges.in_words(waiting)
        shown.append(part)
    return shown


def found_in_navigation(request: HttpRequest, words: str) -> list[Found]:
    """Entries whose name, or whose group's, has these words in it."""
    return [
        Found(entry.title, group.title, _link(entry), entry.icon)
        for group in GROUPS
        for entry in _open_entries(request, group)
        if words in entry.title.lower() or words in group.title.lower()
    ]


def _open_entries(request: HttpRequest, group: Group) -> list[Entry]:
    return [entry for entry in group.entries if _may_open(request, entry)]


def _may_open(request: HttpRequest, entry: Entry) -> bool:
    if entry.setting and not getattr(settings, entry.setting):
        return False
    if entry.model:
        page = admin.site.get_model_admin(apps.get_model(entry.model))
        return bool(page.has_view_or_change_permission(request))
    if entry.permission:
        return bool(request.user.has_perm(entry.permission))
    return True


def _item(entry: Entry, count: int) -> dict[str, Any]:
    item: dict[str, Any] = {"title": entry.title, "icon": entry.icon, "link": _link(entry)}
    if count:
        item["badge"] = badges.in_words(count)
    return item


def _link(entry: Entry) -> str:
    name = entry.url
    if entry.model:
        app, model = entry.model.lower().split(".")
        name = f"admin:{app}_{model}_changelist"
    return f"{reverse(name)}{entry.query}"
