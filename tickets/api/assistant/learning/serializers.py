"""Examples and models as JSON."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from tickets.assistant.learning.examples import TEXT_LENGTH
from tickets.assistant.learning.versions import NOTE_LENGTH
from tickets.models import ExampleSplit, Intent, IntentExample, IntentModel


class IntentExampleSerializer(serializers.ModelSerializer[IntentExample]):
    """`split` held: measured with, never learned from."""

    turn_id = serializers.IntegerField(allow_null=True)

    class Meta:
        model = IntentExample
        fields = ["id", "text", "intent", "split", "source", "is_active", "turn_id", "created_at"]
        read_only_fields = fields


class IntentExampleInputSerializer(serializers.Serializer[Any]):
    text = serializers.CharField(max_length=TEXT_LENGTH)
    intent = serializers.ChoiceField(choices=Intent.choices)
    split = serializers.ChoiceField(choices=ExampleSplit.choices, required=False)


class IntentExampleChangesSerializer(serializers.Serializer[Any]):
    text = serializers.CharField(max_length=TEXT_LENGTH, required=False)
    intent = serializers.ChoiceField(choices=Intent.choices, required=False)
    split = serializers.ChoiceField(choices=ExampleSplit.choices, required=False)
    is_active = serializers.BooleanField(required=False)


class IntentModelSerializer(serializers.ModelSerializer[IntentModel]):
    """Without an `accuracy` it is still being trained, or has failed."""

    trained_by = serializers.CharField(source="trained_by.display_name", default=None)

    class Meta:
        model = IntentModel
        fields = [
            *("id", "version", "status", "accuracy", "example_count", "note", "trained_by"),
            *("trained_at", "activated_at"),
        ]
        read_only_fields = fields


class ShadowSerializer(serializers.Serializer[Any]):
    """Of the turns this version was asked about beside the one in use."""

    turns = serializers.IntegerField()
    agreed = serializers.IntegerField()
    corrected = serializers.IntegerField()
    shadow_right = serializers.IntegerField()
    answer_right = serializers.IntegerField()


class OfIntentSerializer(serializers.Serializer[Any]):
    intent = serializers.CharField()
    precision = serializers.FloatField()
    recall = serializers.FloatField()
    count = serializers.IntegerField()


class WrongSerializer(serializers.Serializer[Any]):
    text = serializers.CharField()
    intent = serializers.CharField()
    guess = serializers.CharField()
    confidence = serializers.FloatField()


class EvaluationSerializer(serializers.Serializer[Any]):
    """`confusion`: a row is a true intent, a column a guess, both in the order of `labels`."""

    accuracy = serializers.FloatField()
    count = serializers.IntegerField()
    labels = serializers.ListField(child=serializers.CharField())
    confusion = serializers.ListField(child=serializers.ListField(child=serializers.IntegerField()))
    per_intent = OfIntentSerializer(many=True)
    wrong = WrongSerializer(many=True)


class IntentModelDetailSerializer(IntentModelSerializer):
    report = serializers.SerializerMethodField()
    shadow = serializers.SerializerMethodField()

    class Meta(IntentModelSerializer.Meta):
        fields = [*IntentModelSerializer.Meta.fields, "params", "report", "shadow"]
        read_only_fields = fields

    @extend_schema_field(EvaluationSerializer(allow_null=True))
    def get_report(self, model: IntentModel) -> Any:
        return EvaluationSerializer(model.report).data if model.report else None

    @extend_schema_field(ShadowSerializer)
    def get_shadow(self, model: IntentModel) -> Any:
        return ShadowSerializer(self.context["shadow"]).data


class TrainSerializer(serializers.Serializer[Any]):
    note = serializers.CharField(max_length=NOTE_LENGTH, required=False, allow_blank=True)
