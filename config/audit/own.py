"""The histories of this floor: edits in the admin, and revisions of runtime settings."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from django.contrib import admin
from django.contrib.admin.models import ADDITION, CHANGE, DELETION, LogEntry
from django.urls import NoReverseMatch, reverse

from config.audit.sources import Act, Asked, Change, register
from config.runtime.models import RuntimeSettingRevision

FLAGS = {ADDITION: "新增", CHANGE: "修改", DELETION: "删除"}
LONGEST = 200


def register_own() -> None:
    register("admin", "后台操作", _edits)
    register("runtime", "运行配置", _revisions)


def changes_of(entry: LogEntry) -> list[Change]:
    """Before and after of an edit's fields, where they were kept."""
    return [
        Change(*map(str, row))
        for part in _parts(entry)
        for row in part.get("changed", {}).get("values", [])
        if isinstance(row, list) and len(row) == 3
    ]


def said_of(entry: LogEntry) -> str:
    """The entry in words; what `changes_of` tells is not told twice."""
    return "" if changes_of(entry) else str(entry.get_change_message())


def _parts(entry: LogEntry) -> Iterator[dict[str, Any]]:
    if not entry.change_message.startswith("["):
        return
    try:
        parts = json.loads(entry.change_message)
    except ValueError:
        return
    yield from (part for part in parts if isinstance(part, dict))


def _edits(asked: Asked, most: int) -> Sequence[Act]:
    rows = LogEntry.objects.filter(asked.rule("admin", "action_time", "user_id"))
    if asked.words:
        rows = rows.filter(object_repr__icontains=asked.words)
    if asked.model:
        app, _, model = asked.model.partition(".")
        rows = rows.filter(content_type__app_label=app, content_type__model=model)
    shown = rows.select_related("user", "content_type").order_by("-action_time", "-pk")[:most]
    return [
        Act(
            at=entry.action_time,
            key=entry.pk,
            who=str(entry.user),
            where="后台",
            what=FLAGS.get(entry.action_flag, ""),
            thing=f"{entry.content_type.name if entry.content_type else ''} {entry.object_repr}",
            href=_address(entry),
            said=said_of(entry),
            changes=changes_of(entry),
        )
        for entry in shown
    ]


def _address(entry: LogEntry) -> str:
    model = entry.content_type.model_class() if entry.content_type else None
    if model is None or entry.is_deletion() or not admin.site.is_registered(model):
        return ""
    try:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}_change"  # noqa: SLF001
        return reverse(name, args=[entry.object_id])
    except NoReverseMatch:
        return ""


def _revisions(asked: Asked, most: int) -> Sequence[Act]:
    if asked.model:
        return []
    rows = RuntimeSettingRevision.objects.filter(
        asked.rule("runtime", "changed_at", "changed_by_id")
    )
    if asked.words:
        rows = rows.filter(setting__key__icontains=asked.words)
    shown = list(rows.select_related("setting", "changed_by").order_by("-changed_at", "-pk")[:most])
    before = _values_before(shown)
    return [
        Act(
            at=row.changed_at,
            key=row.pk,
            who=str(row.changed_by) if row.changed_by else "系统",
            what=f"版本 {row.version}",
            thing=row.setting.key,
            said=row.reason,
            changes=[
                Change("值", _text(before.get((row.setting_id, row.version - 1))), _text(row.value))
            ],
        )
        for row in shown
    ]


def _values_before(rows: Sequence[RuntimeSettingRevision]) -> dict[tuple[int, int], Any]:
    """The versions before those shown, by one query."""
    wanted = {(row.setting_id, row.version - 1) for row in rows}
    found = RuntimeSettingRevision.objects.filter(
        setting_id__in={setting for setting, _ in wanted},
        version__in={number for _, number in wanted},
    )
    return {(row.setting_id, row.version): row.value for row in found}


def _text(value: Any) -> str:
    if value is None:
        return "—"
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
