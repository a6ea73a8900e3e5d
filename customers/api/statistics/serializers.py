"""The customers' statistics as JSON."""

from typing import Any

from rest_framework import serializers


class GrowthSerializer(serializers.Serializer[Any]):
    date = serializers.DateField()
    new = serializers.IntegerField()
    lost = serializers.IntegerField()
    total = serializers.IntegerField(help_text="Customers at the end of the day")


class ActiveSerializer(serializers.Serializer[Any]):
    date = serializers.DateField()
    count = serializers.IntegerField()


class ByChannelSerializer(serializers.Serializer[Any]):
    channel = serializers.CharField()
    count = serializers.IntegerField()


class ByOwnerSerializer(serializers.Serializer[Any]):
    follow_user_id = serializers.IntegerField(allow_null=True)
    follow_user = serializers.CharField(allow_null=True)
    count = serializers.IntegerField()


class CustomerStatisticsSerializer(serializers.Serializer[Any]):
    """`new`, `lost`, `deleted` are of all days asked for; `total` is of now."""

    days = serializers.IntegerField()
    total = serializers.IntegerField()
    new = serializers.IntegerField()
    lost = serializers.IntegerField()
    deleted = serializers.IntegerField()
    active_customers = serializers.IntegerField(help_text="Active at least once in these days")
    growth = GrowthSerializer(many=True)
    active = ActiveSerializer(many=True)
    by_channel = ByChannelSerializer(many=True)
    by_owner = ByOwnerSerializer(many=True)
