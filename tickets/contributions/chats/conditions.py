"""What conditions over customers may ask of their chats (registered from `ready()`)."""

from datetime import datetime

from django.db.models import QuerySet

from customers.conditions import Field, register_field
from customers.conditions.columns import count_of, exists, flag_of, latest_of, since
from customers.conditions.fields import DAYS
from customers.conditions.kinds import Kind
from customers.conditions.language import Leaf
from tickets.chat.statistics.figures import LOW_SCORE
from tickets.models import Chat

GROUP = "会话"


def register() -> None:
    rated_low = Chat.objects.filter(rating_score__lte=LOW_SCORE)
    for field in (
        Field("chats.last", "最近会话", GROUP, Kind.DATE, latest_of(_all, "created_at")),
        Field("chats.count", "会话数", GROUP, Kind.INTEGER, count_of(_recent), params=(DAYS,)),
        Field(
            "chats.rated_low",
            "给过会话低分",
            GROUP,
            Kind.FLAG,
            flag_of(lambda now: exists(rated_low)),
        ),
    ):
        register_field(field)


def _all(leaf: Leaf, now: datetime) -> QuerySet[Chat]:
    return Chat.objects.all()


def _recent(leaf: Leaf, now: datetime) -> QuerySet[Chat]:
    return Chat.objects.filter(created_at__gte=since(leaf, now))
