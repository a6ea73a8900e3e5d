"""The question before an act on many rows, and the deed after it."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.models import CHANGE, DELETION, LogEntry
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from config.admin_acts.act import BulkAct, Doing
from config.errors import AppError

SHOWN = 10
REFUSALS_SHOWN = 20
# More rows than these leave one entry in the history for all of them.
LOGGED_EACH = 500
CONFIRMED, COUNTED = "confirmed", "counted"

AdminAction = Callable[[Any, HttpRequest, "QuerySet[Any]"], HttpResponse | None]


@dataclass(frozen=True)
class Sorted:
    """The chosen rows: those it would be done to, and the others by reason."""

    good: list[Any]
    skipped: dict[str, list[Any]]


def confirmed(act: BulkAct) -> Any:
    """The act as an entry of `actions`. The first POST asks, the one from the question does it."""

    def action(page: Any, request: HttpRequest, queryset: "QuerySet[Any]") -> HttpResponse | None:
        rows = list(queryset.order_by("pk")[: act.most + 1])
        if len(rows) > act.most:
            messages.error(request, f"一次最多 {act.most} {act.unit}，请缩小范围")
            return None
        is_sure = request.method == "POST" and CONFIRMED in request.POST
        form = act.form(request.POST if is_sure else None) if act.form else None
        parts = _sorted(act, rows, request)
        if is_sure and request.POST.get(COUNTED) not in (None, str(len(rows))):
            messages.warning(request, "所选内容刚刚有变化，请再看一遍")
            is_sure = False
        if not is_sure or (form is not None and not form.is_valid()):
            return _question(act, page, request, form, parts)
        _do(act, parts, Doing(page, request, form.cleaned_data if form else {}))
        return None

    action.__name__ = act.name
    # Django reads these three from the function; the last is for the test that finds others.
    action.short_description = f"{act.label}…"  # type: ignore[attr-defined]
    action.allowed_permissions = [act.permission]  # type: ignore[attr-defined]
    action.asks_first = act  # type: ignore[attr-defined]
    return action


def deleting(unit: str) -> Any:
    """Deletes the chosen rows, each by the admin's own `delete_model`, where that is our way."""

    def gone(row: Any, doing: Doing) -> None:
        doing.page.delete_model(doing.request, row)

    return confirmed(
        BulkAct(
            name="delete_chosen",
            label="删除",
            effect="将永久删除所选内容，不能恢复。",
            done="已删除",
            unit=unit,
            permission="delete",
            run=gone,
            against=_stays,
            is_danger=True,
        )
    )


def _stays(row: Any, request: HttpRequest) -> str:
    page = admin.site.get_model_admin(type(row))
    return "" if page.has_delete_permission(request, row) else "您没有权限删除"


def _sorted(act: BulkAct, rows: Sequence[Any], request: HttpRequest) -> Sorted:
    good, skipped = [], defaultdict(list)
    for row in rows:
        reason = act.against(row, request)
        if reason:
            skipped[reason].append(row)
        else:
            good.append(row)
    return Sorted(good, dict(skipped))


def _question(
    act: BulkAct, page: Any, request: HttpRequest, form: forms.Form | None, parts: Sorted
) -> HttpResponse:
    skipped = [
        (reason, len(rows), [act.named(row) for row in rows[:SHOWN]])
        for reason, rows in parts.skipped.items()
    ]
    skipped_count = sum(count for _, count, _ in skipped)
    context = {
        **page.admin_site.each_context(request),
        "opts": page.opts,
        "title": act.label,
        "act": act,
        "form": form,
        "count": len(parts.good),
        "examples": [act.named(row) for row in parts.good[:SHOWN]],
        "more": max(len(parts.good) - SHOWN, 0),
        "skipped": skipped,
        "skipped_count": skipped_count,
        "counted": len(parts.good) + skipped_count,
        "selected": request.POST.getlist(ACTION_CHECKBOX_NAME),
        "select_across": request.POST.get("select_across", "0"),
        "back": request.get_full_path(),
    }
    return TemplateResponse(request, "admin/acts/confirm.html", context)


def _do(act: BulkAct, parts: Sorted, doing: Doing) -> None:
    # Named before the deed: afterwards a deleted row has neither key nor name.
    keys = {id(row): row.pk for row in parts.good}
    if act.run_all is not None:
        done = list(parts.good)
        changed = act.run_all(done, doing) if done else 0
    else:
        done = _each(act, parts.good, doing)
        changed = len(done)
    for row in done:
        row.pk = keys[id(row)]
    _log(act, done, doing.request)
    for reason, rows in parts.skipped.items():
        messages.warning(doing.request, f"跳过 {len(rows)} {act.unit}：{reason}")
    if done:
        messages.success(doing.request, f"{changed} {act.unit}{act.done}")


def _each(act: BulkAct, rows: Sequence[Any], doing: Doing) -> list[Any]:
    """One deed for each; what is refused is said and leaves the others done."""
    assert act.run is not None
    done, refused = [], []
    for row in rows:
        name = act.named(row)
        try:
            act.run(row, doing)
        except AppError as error:
            refused.append(f"{name}：{error.detail}")
        else:
            done.append(row)
    for text in refused[:REFUSALS_SHOWN]:
        messages.error(doing.request, text)
    if len(refused) > REFUSALS_SHOWN:
        messages.error(
            doing.request, f"另有 {len(refused) - REFUSALS_SHOWN} {act.unit}未能{act.label}"
        )
    return done


def _log(act: BulkAct, rows: Sequence[Any], request: HttpRequest) -> None:
    if not rows or len(rows) > LOGGED_EACH:
        # Thousands at once are of rooms that keep a history of their own.
        return
    LogEntry.objects.log_actions(
        user_id=request.user.pk or 0,
        queryset=rows,
        action_flag=DELETION if act.permission == "delete" else CHANGE,
        change_message=f"批量操作：{act.label}",
    )
