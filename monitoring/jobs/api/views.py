"""`GET /api/monitor/jobs`, a job's runs, and starting, holding and resuming it."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from config.api.permissions import ADMINS, HasAccess, Rule
from config.api.validated import validated
from customers.models import User
from monitoring.jobs import actions
from monitoring.jobs.api import serializers as s
from monitoring.jobs.catalogue import job_called
from monitoring.jobs.models import Job, JobRun
from monitoring.jobs.queries import jobs_rows, jobs_shown, runs_of


def _user(request: Request) -> User:
    assert isinstance(request.user, User)  # no API key has a scope here
    return request.user


def _answer(job: Job) -> dict[str, Any]:
    row = jobs_rows().get(pk=job.pk)
    return dict(s.JobSerializer(jobs_shown([row])[0]).data)


class JobListView(GenericAPIView[Job]):
    """Every job of the timetable, in its order."""

    permission_classes = [HasAccess]
    access = {"get": Rule(ADMINS)}
    queryset = Job.objects.none()
    filter_backends = []

    @extend_schema(
        operation_id="monitor_jobs_list",
        parameters=[s.JobQuerySerializer],
        responses=s.JobSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        asked = validated(s.JobQuerySerializer(data=request.query_params))
        found = [
            job
            for job in jobs_shown(list(jobs_rows()))
            if asked.get("room", job.spec.room) == job.spec.room
            and asked.get("state", job.state) == job.state
        ]
        page: Any = self.paginate_queryset(found)
        return self.get_paginated_response(s.JobSerializer(page, many=True).data)


class JobRunsView(GenericAPIView[JobRun]):
    """A job's runs, newest first; of frequent jobs those that failed or were started by hand."""

    permission_classes = [HasAccess]
    access = {"get": Rule(ADMINS)}
    queryset = JobRun.objects.none()
    filter_backends = []

    @extend_schema(operation_id="monitor_job_runs", responses=s.JobRunSerializer(many=True))
    def get(self, request: Request, job: str) -> Response:
        page: Any = self.paginate_queryset(runs_of(job_called(job)))
        return self.get_paginated_response(s.JobRunSerializer(page, many=True).data)


class JobRunView(APIView):
    """Starts it now; 409 while it runs."""

    permission_classes = [HasAccess]
    access = {"post": Rule(ADMINS)}

    @extend_schema(operation_id="monitor_job_run", request=None, responses={202: s.JobSerializer})
    def post(self, request: Request, job: str) -> Response:
        started = actions.job_run(job_pk=job_called(job).pk, actor=_user(request))
        return Response(_answer(started), status=202)


class JobPauseView(APIView):
    """From now on it is not started by its schedule; 409 when it is held already."""

    permission_classes = [HasAccess]
    access = {"post": Rule(ADMINS)}

    @extend_schema(
        operation_id="monitor_job_pause", request=s.PauseSerializer, responses=s.JobSerializer
    )
    def post(self, request: Request, job: str) -> Response:
        found = job_called(job)
        reason = validated(s.PauseSerializer(data=request.data))["reason"]
        held = actions.job_pause(job_pk=found.pk, reason=reason, actor=_user(request))
        return Response(_answer(held))


class JobResumeView(APIView):
    """Goes on at its next time; 409 unless it was held."""

    permission_classes = [HasAccess]
    access = {"post": Rule(ADMINS)}

    @extend_schema(operation_id="monitor_job_resume", request=None, responses=s.JobSerializer)
    def post(self, request: Request, job: str) -> Response:
        freed = actions.job_resume(job_pk=job_called(job).pk, actor=_user(request))
        return Response(_answer(freed))
