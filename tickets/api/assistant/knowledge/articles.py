"""`/api/ai/knowledge/…`: the team searches and reads, administrators write."""

from typing import Any, cast

from django.db.models import Q, QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet

from config.api.idempotency import IdempotentPosts
from config.api.keys import Scope
from config.api.permissions import ADMINS, STAFF, HasAccess, Rule
from config.api.validated import validated
from config.errors import NotFoundError
from customers.api.actor import actor_of
from tickets.api.assistant.knowledge import serializers as s
from tickets.assistant.knowledge import articles, hits
from tickets.assistant.knowledge.search import articles_for
from tickets.models import KnowledgeArticle

READS = Rule(STAFF, Scope.TICKETS_READ)
WRITES = Rule(ADMINS)


class KnowledgeSearchView(APIView):
    """The published articles that answer a question, best first."""

    permission_classes = [HasAccess]
    access = {"get": READS}

    @extend_schema(parameters=[s.KnowledgeQuerySerializer], responses=s.MatchSerializer(many=True))
    def get(self, request: Request) -> Response:
        asked = validated(s.KnowledgeQuerySerializer(data=request.query_params))
        found = articles_for(asked["q"], public_only=asked["public"], limit=asked["limit"])
        return Response(s.MatchSerializer(found, many=True).data)


class ArticleViewSet(
    ListModelMixin, RetrieveModelMixin, IdempotentPosts, GenericViewSet[KnowledgeArticle]
):
    """Articles in every state."""

    permission_classes = [HasAccess]
    access = {
        "list": READS,
        "retrieve": READS,
        "create": WRITES,
        "partial_update": WRITES,
        "destroy": WRITES,
    }
    queryset = KnowledgeArticle.objects.none()
    serializer_class = s.ArticleSerializer
    ordering_fields = ["title", "hit_count", "updated_at"]

    def get_queryset(self) -> QuerySet[KnowledgeArticle]:
        found = KnowledgeArticle.objects.select_related("updated_by").prefetch_related("questions")
        if self.action == "list":
            asked = validated(s.ArticleQuerySerializer(data=self.request.query_params))
            if words := asked["q"]:
                found = found.filter(Q(title__icontains=words) | Q(body__icontains=words))
            given = {name: asked[name] for name in ("status", "category") if name in asked}
            found = found.filter(**given)
        return found.order_by("-hit_count", "id")

    @extend_schema(parameters=[s.ArticleQuerySerializer])
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().list(request, *args, **kwargs)

    @extend_schema(request=s.ArticleWriteSerializer, responses={201: s.ArticleSerializer})
    def create(self, request: Request) -> Response:
        data = validated(s.ArticleWriteSerializer(data=request.data))
        changes = cast("articles.ArticleChanges", data)
        made = articles.article_create(changes=changes, actor=actor_of(request))
        return Response(s.ArticleSerializer(made).data, status.HTTP_201_CREATED)

    @extend_schema(request=s.ArticleWriteSerializer)
    def partial_update(self, request: Request, pk: int) -> Response:
        data = validated(s.ArticleWriteSerializer(data=request.data, partial=True))
        changes = cast("articles.ArticleChanges", data)
        edited = articles.article_edit(article_id=pk, changes=changes, actor=actor_of(request))
        return Response(s.ArticleSerializer(edited).data)

    def destroy(self, request: Request, pk: int) -> Response:
        articles.article_delete(article_id=pk, actor=actor_of(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class ArticleUseView(IdempotentPosts):
    """A colleague took an article for an answer."""

    permission_classes = [HasAccess]
    access = {"post": Rule(STAFF)}

    @extend_schema(request=s.UseSerializer, responses={201: s.KnowledgeHitSerializer})
    def post(self, request: Request, pk: int) -> Response:
        data = validated(s.UseSerializer(data=request.data))
        article = KnowledgeArticle.objects.filter(pk=pk).first()
        if article is None:
            raise NotFoundError("找不到这篇文章")
        hit = hits.hit_note(article, user=actor_of(request).user, score=data["score"])
        return Response(s.KnowledgeHitSerializer(hit).data, status.HTTP_201_CREATED)


class HitFeedbackView(IdempotentPosts):
    """Whether it helped: of one's own use, or of what the assistant said to a customer one sees."""

    permission_classes = [HasAccess]
    access = {"post": Rule(STAFF)}

    @extend_schema(request=s.FeedbackSerializer, responses=s.KnowledgeHitSerializer)
    def post(self, request: Request, pk: int) -> Response:
        data = validated(s.FeedbackSerializer(data=request.data))
        hit = hits.hit_judge(hit_id=pk, was_helpful=data["was_helpful"], actor=actor_of(request))
        return Response(s.KnowledgeHitSerializer(hit).data)
