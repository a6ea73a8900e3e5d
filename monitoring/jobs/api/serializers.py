"""Jobs and their runs as JSON."""

from typing import Any

from rest_framework import serializers

from monitoring.jobs.actions import REASON_LENGTH
from monitoring.jobs.catalogue import rooms
from monitoring.jobs.models import JobRun, RunStatus, Trigger
from monitoring.jobs.queries import STATES, ShownJob


class JobSerializer(serializers.Serializer[ShownJob]):
    """`state`: `paused`, `late` (its time has long passed), else how its last run ended."""

    id = serializers.IntegerField(source="row.pk")
    name = serializers.CharField(source="row.name")
    task = serializers.CharField(source="spec.task")
    room = serializers.CharField(source="spec.room")
    queue = serializers.CharField(source="spec.queue")
    schedule = serializers.CharField(source="spec.words")
    is_frequent = serializers.BooleanField(
        source="spec.is_frequent", help_text="间隔小于 5 分钟：只保留最近一次、失败与每日统计"
    )
    state = serializers.ChoiceField(choices=list(STATES.items()))
    last_started_at = serializers.DateTimeField(source="row.last_started_at", allow_null=True)
    last_duration_ms = serializers.IntegerField(source="row.last_duration_ms", allow_null=True)
    last_error = serializers.CharField(source="row.last_error")
    next_run_at = serializers.DateTimeField(allow_null=True)
    runs_today = serializers.IntegerField()
    failures_today = serializers.IntegerField()
    skipped_today = serializers.IntegerField()
    average_ms = serializers.IntegerField(allow_null=True, help_text="今日平均耗时")
    is_paused = serializers.BooleanField(source="row.is_paused")
    paused_by = serializers.CharField(source="row.paused_by.display_name", default=None)
    paused_at = serializers.DateTimeField(source="row.paused_at", allow_null=True)
    pause_reason = serializers.CharField(source="row.pause_reason")


class JobRunSerializer(serializers.ModelSerializer[JobRun]):
    trigger = serializers.ChoiceField(choices=Trigger.choices)
    status = serializers.ChoiceField(choices=RunStatus.choices)
    started_by = serializers.CharField(source="started_by.display_name", default=None)

    class Meta:
        model = JobRun
        fields = [
            "id",
            "trigger",
            "started_by",
            "status",
            "started_at",
            "finished_at",
            "duration_ms",
            "error",
            "traceback",
        ]
        read_only_fields = fields


class PauseSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=REASON_LENGTH)


class JobQuerySerializer(serializers.Serializer[Any]):
    room = serializers.ChoiceField(choices=rooms(), required=False)
    state = serializers.ChoiceField(choices=list(STATES.items()), required=False)
