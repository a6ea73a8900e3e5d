"""The board as JSON."""

from typing import Any, get_args

from rest_framework import serializers

from config.errors import AppError
from tickets.api.tickets.serializers import TicketSerializer
from tickets.board.bulk import MOST, Action, Outcome
from tickets.models import Priority
from tickets.states import TicketStatus

NUMBER: dict[str, Any] = {"min_value": 1, "max_value": 2**63 - 1}


class BoardQuerySerializer(serializers.Serializer[Any]):
    """Without `column`: all of them; with it, that one, as far as it is older than `before`."""

    column = serializers.ChoiceField(choices=TicketStatus.choices, required=False)
    before = serializers.IntegerField(required=False, **NUMBER)
    counts = serializers.BooleanField(default=False, help_text="只要数量")


class ColumnSerializer(serializers.Serializer[Any]):
    status = serializers.ChoiceField(choices=TicketStatus.choices)
    total = serializers.IntegerField(help_text="符合筛选的全部")
    list = TicketSerializer(many=True, source="tickets")
    has_more = serializers.BooleanField(help_text="还有更早的")


class BoardSerializer(serializers.Serializer[Any]):
    seq = serializers.IntegerField(help_text="/ws/tickets?since= 从这里接着听")
    columns = ColumnSerializer(many=True)


class BulkSerializer(serializers.Serializer[Any]):
    """What each action needs: `assignee`, `status`, `priority`; the others nothing."""

    ids = serializers.ListField(
        child=serializers.IntegerField(**NUMBER), min_length=1, max_length=MOST
    )
    action = serializers.ChoiceField(choices=get_args(Action))
    assignee = serializers.CharField(max_length=150, required=False, allow_blank=True)
    status = serializers.ChoiceField(choices=TicketStatus.choices, required=False)
    reason = serializers.CharField(max_length=1000, required=False, allow_blank=True)
    priority = serializers.ChoiceField(choices=Priority.choices, required=False)


class RefusalSerializer(serializers.Serializer[AppError]):
    code = serializers.CharField()
    detail = serializers.CharField()


class OutcomeSerializer(serializers.Serializer[Outcome]):
    id = serializers.IntegerField(source="ticket_id")
    error = RefusalSerializer(allow_null=True)


class BulkDoneSerializer(serializers.Serializer[Any]):
    succeeded = serializers.IntegerField()
    failed = serializers.IntegerField()
    results = OutcomeSerializer(many=True)
