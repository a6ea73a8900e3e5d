"""Chats in the operators' admin: found, read, never written there."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.db.models import QuerySet
from django.forms.widgets import Media
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import RangeDateFilter
from unfold.decorators import display

from config.errors import InvalidInputError
from config.whole_number import whole_number
from customers import phones
from customers.admin.actor import actor_of
from customers.admin.masking import MaskedPhones
from customers.queries.staff import team_members
from tickets.admin.dispatch import RecordsAdmin
from tickets.admin.list_filters import EntryFilter, parsed_day
from tickets.chat.entries import registry
from tickets.chat.search import matching
from tickets.chat.statistics.figures import LOW_SCORE
from tickets.chat.visibility import chats_visible_to
from tickets.history.period import Period
from tickets.models import Chat, ChatStatus, EndedBy

STATUS_COLOURS = {
    ChatStatus.QUEUED: "warning",
    ChatStatus.ACTIVE: "info",
    ChatStatus.ENDED: "default",
}
# A trail keeps the states' own names.
WORDS = {str(value): str(label) for value, label in (*ChatStatus.choices, *EndedBy.choices)}
# What the page shows of one chat at most; the console has the whole.
SHOWN_MESSAGES = 500
SHOWN_ROWS = 100
Choices = list[tuple[str, str]]


class AgentFilter(admin.SimpleListFilter):
    title = "客服"
    parameter_name = "agent"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        people = team_members().order_by("name", "pk")
        return [("me", "我"), *[(str(person.pk), person.display_name) for person in people]]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Chat]) -> QuerySet[Chat]:
        value = self.value() or ""
        if value == "me":
            return queryset.filter(agent=request.user.pk)
        if (number := whole_number(value)) is not None:
            return queryset.filter(agent=number)
        return queryset


class RatingFilter(admin.SimpleListFilter):
    title = "评价"
    parameter_name = "rating"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        scores = [(str(score), f"{score} 分") for score in range(5, 0, -1)]
        return [("low", f"{LOW_SCORE} 分及以下"), ("none", "未评价"), *scores]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Chat]) -> QuerySet[Chat]:
        match self.value():
            case "low":
                return queryset.filter(rating_score__lte=LOW_SCORE)
            case "none":
                return queryset.filter(rating_score=None)
            case "1" | "2" | "3" | "4" | "5" as score:
                return queryset.filter(rating_score=int(score))
        return queryset


class AskedFilter(RangeDateFilter):
    """Whole days of the desk's time zone, the last one too."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Chat]) -> QuerySet[Chat]:
        days = {
            name: parsed_day(self.used_parameters.get(f"{self.parameter_name}_{name}", ""))
            for name in ("from", "to")
        }
        if first := days["from"]:
            queryset = queryset.filter(created_at__gte=Period(first, first).start)
        if last := days["to"]:
            queryset = queryset.filter(created_at__lt=Period(last, last).end)
        return queryset


@admin.register(Chat)
class ChatAdmin(MaskedPhones, RecordsAdmin):
    """In one's own view of chats."""

    masked = {"shown_phone": "masked_phone"}

    list_display = [
        *("number", "customer", "shown_phone", "shown_status", "shown_entry", "agent"),
        *("created_at", "shown_end", "shown_rating"),
    ]
    list_filter = ["status", EntryFilter, AgentFilter, RatingFilter, ("created_at", AskedFilter)]
    list_filter_submit = True
    list_select_related = ["customer", "agent"]
    search_fields = ["customer__name", "customer__phone"]
    search_help_text = "客户姓名、电话、公司，或说过的话"
    ordering = ["-id"]
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("shown_customer", "shown_phone"),
                    ("shown_entry", "status"),
                    ("agent", "group"),
                    ("created_at", "first_assigned_at"),
                    ("first_replied_at", "ended_at"),
                    ("shown_end", "end_reason"),
                    ("shown_rating", "rating_comment"),
                    "shown_ticket",
                )
            },
        ),
        ("会话内容", {"fields": ("shown_messages",)}),
        ("分配记录", {"fields": ("shown_decisions",)}),
        ("状态变化", {"fields": ("shown_events",)}),
    )
    readonly_fields = [
        *("shown_customer", "shown_phone", "shown_entry", "shown_end", "shown_rating"),
        *("shown_ticket", "shown_messages", "shown_decisions", "shown_events"),
    ]

    @property
    def media(self) -> Media:
        both: Media = super().media + Media(css={"all": ["tickets/chat_record.css"]})
        return both

    def get_queryset(self, request: HttpRequest) -> QuerySet[Chat]:
        visible = chats_visible_to(actor_of(request))
        return visible.select_related("customer", "agent", "group", "ticket").order_by("-id")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Chat], search_term: str
    ) -> tuple[QuerySet[Chat], bool]:
        """As the one search finds them; no row comes twice."""
        return matching(queryset, search_term), False

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """What no database can be asked for leads back to the whole list, as Django's refusals do."""
        try:
            return super().get_changelist_instance(request)
        except (ValueError, OverflowError, InvalidInputError) as error:
            raise IncorrectLookupParameters(error) from error

    @admin.display(description="编号", ordering="id")
    def number(self, chat: Chat) -> str:
        return f"#{chat.pk}"

    @admin.display(description="电话")
    def shown_phone(self, chat: Chat) -> str:
        return chat.customer.phone_display

    @admin.display(description="电话")
    def masked_phone(self, chat: Chat) -> str:
        return phones.mask(chat.customer.phone)

    @display(description="状态", ordering="status", label=STATUS_COLOURS)
    def shown_status(self, chat: Chat) -> tuple[str, str]:
        return chat.status, chat.get_status_display()

    @admin.display(description="入口", ordering="entry")
    def shown_entry(self, chat: Chat) -> str:
        return registry.label(chat.entry)

    @admin.display(description="结束方", ordering="ended_by")
    def shown_end(self, chat: Chat) -> str:
        return chat.get_ended_by_display() or "—"

    @admin.display(description="评分", ordering="rating_score")
    def shown_rating(self, chat: Chat) -> str:
        return f"{chat.rating_score} 分" if chat.rating_score else "—"

    @admin.display(description="客户")
    def shown_customer(self, chat: Chat) -> SafeString:
        address = reverse("admin:customers_customer_change", args=[chat.customer_id])
        return format_html('<a class="chat-link" href="{}">{}</a>', address, chat.customer.name)

    @admin.display(description="工单")
    def shown_ticket(self, chat: Chat) -> SafeString | str:
        if chat.ticket is None:
            return "—"
        address = reverse("admin:tickets_ticket_change", args=[chat.ticket_id])
        return format_html('<a class="chat-link" href="{}">{}</a>', address, chat.ticket)

    @admin.display(description="会话内容")
    def shown_messages(self, chat: Chat) -> SafeString:
        """The latest ones, the team's own among them; of a recalled one only that it was."""
        said = chat.messages.select_related("file").order_by("-number")[:SHOWN_MESSAGES]
        context = {
            "messages": list(said)[::-1],
            "more": chat.last_number > SHOWN_MESSAGES,
            "files": f"/api/customer-service/chats/{chat.pk}/files/",
        }
        return render_to_string("admin/tickets/chat/messages.html", context)

    @admin.display(description="分配记录")
    def shown_decisions(self, chat: Chat) -> SafeString:
        """Who got it or why nobody did, with everybody who was weighed."""
        rows = chat.assignments.select_related("agent", "taken_from").order_by("-id")
        context = {"decisions": list(rows[:SHOWN_ROWS])[::-1]}
        return render_to_string("admin/tickets/chat/decisions.html", context)

    @admin.display(description="状态变化")
    def shown_events(self, chat: Chat) -> SafeString:
        rows = chat.events.order_by("-id")
        events = list(rows[:SHOWN_ROWS])[::-1]
        for event in events:
            event.from_value = WORDS.get(event.from_value, event.from_value)
            event.to_value = WORDS.get(event.to_value, event.to_value)
        context = {"events": events}
        return render_to_string("admin/tickets/chat/events.html", context)
