"""Similar tickets and processing times as JSON (contract.md §4)."""

from typing import Any

from rest_framework import serializers


class SimilarQuerySerializer(serializers.Serializer[Any]):
    text = serializers.CharField(max_length=10_000, help_text="正在填写的问题")
    product = serializers.CharField(max_length=100, required=False, allow_blank=True, default="")


class SimilarTicketSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    title = serializers.CharField()
    score = serializers.FloatField(help_text="0–1")
    status = serializers.CharField()
    resolution = serializers.CharField(help_text="当时如何解决；未解决为空")


class ProcessingTimesSerializer(serializers.Serializer[Any]):
    to_response_seconds = serializers.FloatField(allow_null=True)
    to_resolution_seconds = serializers.FloatField(allow_null=True)
    waiting_seconds = serializers.FloatField(help_text="等待客户")
    in_states = serializers.DictField(
        child=serializers.FloatField(), help_text="各状态停留的秒数，不含等待客户"
    )
