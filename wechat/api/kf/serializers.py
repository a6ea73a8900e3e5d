"""Whom a customer of WeChat customer service is given to."""

from typing import Any

from rest_framework import serializers

from wechat.kf.transfer import TARGETS
from wechat.models import KfState


class KfTransferSerializer(serializers.Serializer[Any]):
    """`to`: a `servicer` in WeCom, its `queue`, the assistant (`robot`), or the `end` of the session."""

    to = serializers.ChoiceField(choices=sorted(TARGETS), default="servicer")
    servicer = serializers.CharField(max_length=64, required=False, default="")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["to"] == "servicer" and not attrs["servicer"]:
            raise serializers.ValidationError({"servicer": "请选择接待人员"})
        return attrs


class KfServicerSerializer(serializers.Serializer[Any]):
    userid = serializers.CharField()
    name = serializers.CharField()
    is_receiving = serializers.BooleanField()


class KfServicersSerializer(serializers.Serializer[Any]):
    """`state` is the platform's, as it last said; `targets` is what the customer may be given to now."""

    state = serializers.ChoiceField(choices=[(one.name.lower(), one.label) for one in KfState])
    state_label = serializers.CharField()
    servicer = serializers.CharField(allow_blank=True)
    targets = serializers.ListField(child=serializers.CharField())
    list = KfServicerSerializer(many=True)
