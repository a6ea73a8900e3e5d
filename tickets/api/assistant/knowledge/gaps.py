"""`/api/ai/knowledge/gaps`: what was asked in vain, most often first."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from config.api.idempotency import IdempotentPosts
from config.api.permissions import HasAccess
from config.api.validated import validated
from customers.api.actor import actor_of
from tickets.api.assistant.knowledge import serializers as s
from tickets.api.assistant.knowledge.articles import READS, WRITES
from tickets.assistant.knowledge import answering
from tickets.assistant.knowledge.articles import ArticleChanges
from tickets.models import KnowledgeGap


class GapViewSet(ListModelMixin, IdempotentPosts, GenericViewSet[KnowledgeGap]):
    """The open ones unless `status` says otherwise."""

    permission_classes = [HasAccess]
    access = {"list": READS, "answer": WRITES, "ignore": WRITES}
    queryset = KnowledgeGap.objects.none()
    serializer_class = s.GapSerializer
    ordering_fields = ["count", "last_asked_at"]

    def get_queryset(self) -> QuerySet[KnowledgeGap]:
        asked = validated(s.GapQuerySerializer(data=self.request.query_params))
        return KnowledgeGap.objects.filter(status=asked["status"]).order_by("-count", "-id")

    @extend_schema(parameters=[s.GapQuerySerializer])
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().list(request, *args, **kwargs)

    @extend_schema(request=s.GapAnswerSerializer, responses=s.GapSerializer)
    def answer(self, request: Request, pk: int) -> Response:
        data = validated(s.GapAnswerSerializer(data=request.data))
        changes: ArticleChanges = {}
        if "title" in data:
            changes["title"] = data["title"]
        if "body" in data:
            changes["body"] = data["body"]
        gap = answering.gap_answer(
            gap_id=pk,
            article_id=data.get("article_id"),
            changes=changes if "body" in data else None,
            actor=actor_of(request),
        )
        return Response(s.GapSerializer(gap).data)

    @extend_schema(request=None, responses=s.GapSerializer)
    def ignore(self, request: Request, pk: int) -> Response:
        gap = answering.gap_ignore(gap_id=pk, actor=actor_of(request))
        return Response(s.GapSerializer(gap).data)
