"""Talks with the assistant and their turns: read, and given another meaning, never written."""

from typing import Any

from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from unfold.admin import TabularInline
from unfold.decorators import display

from config.admin_acts import BulkAct, Doing, confirmed
from customers.admin.actor import actor_of
from customers.visibility import customers_visible_to
from tickets.admin.dispatch import RecordsAdmin
from tickets.admin.list_filters import Choices, EntryFilter
from tickets.assistant.learning.corrections import turn_correct
from tickets.assistant.visibility import turns_visible_to
from tickets.chat.entries import registry
from tickets.models import Action, AssistantSession, AssistantTurn, Intent

COLOURS = {
    Action.HANDOFF: "warning",
    Action.CREATE_TICKET: "success",
    Action.BIND: "info",
}


class HandedOverFilter(admin.SimpleListFilter):
    """By whether a person took over."""

    title = "转人工"
    parameter_name = "handed_over"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return [("yes", "已转人工"), ("no", "未转人工")]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[AssistantTurn]
    ) -> QuerySet[AssistantTurn]:
        match self.value():
            case "yes":
                return queryset.filter(action=Action.HANDOFF)
            case "no":
                return queryset.exclude(action=Action.HANDOFF)
        return queryset


class _Told:
    """How a turn is shown, in its list and in its talk."""

    @display(description="意图")
    def shown_intent(self, turn: AssistantTurn) -> str:
        meant = turn.get_intent_display() or "未理解"
        if turn.corrected_intent:
            return f"{meant} → {turn.get_corrected_intent_display()}"
        return meant

    @display(description="置信度", ordering="confidence")
    def shown_confidence(self, turn: AssistantTurn) -> str:
        return f"{turn.confidence:.0%}" if turn.strategy else "—"

    @display(description="动作", label=COLOURS, ordering="action")
    def shown_action(self, turn: AssistantTurn) -> tuple[str, str]:
        return turn.action, turn.get_action_display() or turn.get_status_display()


class TurnInline(_Told, TabularInline):
    model = AssistantTurn
    fields = (
        *("created_at", "text", "reply", "shown_intent", "shown_confidence", "strategy"),
        *("shown_action", "ticket", "chat"),
    )
    readonly_fields = fields
    ordering = ["-pk"]
    per_page = 20
    extra = 0
    can_delete = False
    show_change_link = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[AssistantTurn]:
        seen = turns_visible_to(actor_of(request)).values("pk")
        rows: QuerySet[AssistantTurn] = super().get_queryset(request).filter(pk__in=seen)
        return rows.select_related("ticket", "chat")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(AssistantSession)
class AssistantSessionAdmin(RecordsAdmin):
    """Of the customers in one's view; of nobody's, for whoever sees all."""

    list_display = [
        *("shown_entry", "customer", "intent", "last_text", "last_strategy", "last_confidence"),
        *("turn_count", "updated_at", "expires_at"),
    ]
    list_filter = [EntryFilter, "intent"]
    list_select_related = ["customer"]
    search_fields = ["customer__name"]
    ordering = ["-updated_at"]
    inlines = [TurnInline]
    # What was collected (`slots`) holds numbers and is the assistant's alone.
    fields = (
        ("shown_entry", "customer"),
        ("intent", "misses", "turn_count"),
        ("started_at", "updated_at", "expires_at"),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[AssistantSession]:
        actor = actor_of(request)
        rows: QuerySet[AssistantSession] = super().get_queryset(request)
        if not actor.sees_all:
            rows = rows.filter(customer__in=customers_visible_to(actor).values("pk"))
        last = AssistantTurn.objects.filter(session=OuterRef("pk")).order_by("-pk")
        return rows.annotate(
            newest_text=Subquery(last.values("text")[:1]),
            newest_strategy=Subquery(last.values("strategy")[:1]),
            newest_confidence=Subquery(last.values("confidence")[:1]),
        )

    @display(description="入口", ordering="entry")
    def shown_entry(self, session: AssistantSession) -> str:
        return registry.label(session.entry)

    @display(description="最近一句")
    def last_text(self, session: Any) -> str:
        return (session.newest_text or "")[:40]

    @display(description="策略")
    def last_strategy(self, session: Any) -> str:
        return session.newest_strategy or "—"

    @display(description="置信度")
    def last_confidence(self, session: Any) -> str:
        return f"{session.newest_confidence:.0%}" if session.newest_strategy else "—"


def _relabel(intent: Intent) -> Any:
    def relabel(turn: AssistantTurn, doing: Doing) -> None:
        turn_correct(turn=turn, intent=intent, actor=actor_of(doing.request))

    return confirmed(
        BulkAct(
            name=f"relabel_{intent.value}",
            label=f"重新标注为「{intent.label}」",
            effect=f"所选轮次的意图记为「{intent.label}」，下次训练时学习。",
            done=f"已标注为「{intent.label}」",
            unit="条",
            permission="relabel",
            run=relabel,
            named=lambda turn: turn.text[:40],
        )
    )


@admin.register(AssistantTurn)
class AssistantTurnAdmin(_Told, RecordsAdmin):
    """In one's own view of turns; another meaning is a label to learn from."""

    list_display = [
        *("created_at", "customer", "text", "shown_intent", "shown_confidence", "strategy"),
        *("shown_action", "latency_ms"),
    ]
    list_filter = [EntryFilter, "intent", "strategy", HandedOverFilter, "status"]
    list_select_related = ["customer"]
    search_fields = ["customer__name", "text"]
    ordering = ["-pk"]
    actions = [_relabel(intent) for intent in Intent]
    fields = (
        ("created_at", "customer", "latency_ms"),
        "text",
        "reply",
        ("shown_intent", "shown_confidence", "strategy", "model_version"),
        ("shown_action", "ticket", "chat"),
        ("corrected_by", "corrected_at"),
        "error",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[AssistantTurn]:
        seen = turns_visible_to(actor_of(request)).values("pk")
        rows: QuerySet[AssistantTurn] = super().get_queryset(request).filter(pk__in=seen)
        return rows

    def has_relabel_permission(self, request: HttpRequest) -> bool:
        """A label is an example to learn from."""
        return request.user.has_perm("tickets.change_intentexample")
