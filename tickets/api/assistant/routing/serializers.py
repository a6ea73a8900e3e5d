"""The router's shapes (contract.md §5)."""

from rest_framework import serializers

from tickets.assistant.router import ENTRIES
from tickets.models import Action, Intent


class RouterAskSerializer(serializers.Serializer[object]):
    entry = serializers.ChoiceField(choices=list(ENTRIES))
    user_id = serializers.CharField(max_length=128)
    content = serializers.CharField(max_length=5000)
    session_id = serializers.IntegerField(
        required=False, allow_null=True, min_value=1, max_value=2**63 - 1
    )


class RoutedSerializer(serializers.Serializer[object]):
    intent = serializers.ChoiceField(choices=Intent.choices)
    confidence = serializers.FloatField()
    strategy = serializers.CharField()
    action = serializers.ChoiceField(choices=Action.choices)
    reply = serializers.CharField()
    ticket_id = serializers.IntegerField(allow_null=True)
    chat_id = serializers.IntegerField(allow_null=True)
    turn_id = serializers.IntegerField(allow_null=True)
    session_id = serializers.IntegerField(allow_null=True)
    sources = serializers.ListField(child=serializers.IntegerField())
