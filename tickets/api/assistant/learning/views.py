"""`/api/ai/examples…` and `/api/ai/models…`: what is learned from, and what was learned. Administrators'."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from config.api.idempotency import IdempotentPosts
from config.api.permissions import ADMINS, HasAccess, Rule
from customers.api.actor import actor_of
from tickets.api.assistant.learning import serializers as s
from tickets.assistant.learning import versions
from tickets.assistant.learning.examples import example_create, example_delete, example_edit
from tickets.assistant.learning.shadow import figures_of
from tickets.models import IntentExample, IntentModel

OWN = Rule(ADMINS)


class ExampleViewSet(
    ListModelMixin, RetrieveModelMixin, IdempotentPosts, GenericViewSet[IntentExample]
):
    permission_classes = [HasAccess]
    access = dict.fromkeys(("list", "retrieve", "create", "partial_update", "destroy"), OWN)
    queryset = IntentExample.objects.order_by("-id")
    serializer_class = s.IntentExampleSerializer
    filterset_fields = ["intent", "split", "source", "is_active"]
    ordering_fields = ["id"]

    @extend_schema(
        request=s.IntentExampleInputSerializer, responses={201: s.IntentExampleSerializer}
    )
    def create(self, request: Request) -> Response:
        serializer = s.IntentExampleInputSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        made = example_create(actor=actor_of(request), **serializer.validated_data)
        return Response(s.IntentExampleSerializer(made).data, status.HTTP_201_CREATED)

    @extend_schema(request=s.IntentExampleChangesSerializer, responses=s.IntentExampleSerializer)
    def partial_update(self, request: Request, pk: int) -> Response:
        serializer = s.IntentExampleChangesSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        changes: Any = serializer.validated_data
        saved = example_edit(example_id=pk, changes=changes, actor=actor_of(request))
        return Response(s.IntentExampleSerializer(saved).data)

    def destroy(self, request: Request, pk: int) -> Response:
        """409 for one that comes with the product: it is switched off instead."""
        example_delete(example_id=pk, actor=actor_of(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class ModelViewSet(
    ListModelMixin, RetrieveModelMixin, IdempotentPosts, GenericViewSet[IntentModel]
):
    permission_classes = [HasAccess]
    access = dict.fromkeys(
        ("list", "retrieve", "create", "shadow", "activate", "retire", "roll_back"), OWN
    )
    queryset = IntentModel.objects.select_related("trained_by").defer("weights")
    serializer_class = s.IntentModelSerializer
    filterset_fields = ["status"]
    ordering_fields = ["version"]

    def get_queryset(self) -> QuerySet[IntentModel]:
        return super().get_queryset().order_by("-version")

    @extend_schema(responses=s.IntentModelDetailSerializer)
    def retrieve(self, request: Request, pk: int) -> Response:
        """With its confusion matrix, and how it did in its shadow time."""
        model = get_object_or_404(self.get_queryset(), pk=pk)
        context = {"shadow": figures_of(model.version)}
        return Response(s.IntentModelDetailSerializer(model, context=context).data)

    @extend_schema(request=s.TrainSerializer, responses={202: s.IntentModelSerializer})
    def create(self, request: Request) -> Response:
        """Trains a new version in the background."""
        serializer = s.TrainSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        note = serializer.validated_data.get("note", "")
        made = versions.model_train(actor=actor_of(request), note=note)
        return Response(s.IntentModelSerializer(made).data, status.HTTP_202_ACCEPTED)

    @extend_schema(request=None, responses=s.IntentModelSerializer)
    @action(detail=True, methods=["post"])
    def shadow(self, request: Request, pk: int) -> Response:
        """Asked beside the one in use from now on; its answers are only kept."""
        return _shown(versions.model_shadow(model_id=pk, actor=actor_of(request)))

    @extend_schema(request=None, responses=s.IntentModelSerializer)
    @action(detail=True, methods=["post"])
    def activate(self, request: Request, pk: int) -> Response:
        """In use from now on, in every process within a second."""
        return _shown(versions.model_activate(model_id=pk, actor=actor_of(request)))

    @extend_schema(request=None, responses=s.IntentModelSerializer)
    @action(detail=True, methods=["post"])
    def retire(self, request: Request, pk: int) -> Response:
        return _shown(versions.model_retire(model_id=pk, actor=actor_of(request)))

    @extend_schema(request=None, responses=s.IntentModelSerializer)
    @action(detail=False, methods=["post"])
    def roll_back(self, request: Request) -> Response:
        """The one that was in use before; 409 where there is none."""
        return _shown(versions.model_roll_back(actor=actor_of(request)))


def _shown(model: IntentModel) -> Response:
    return Response(s.IntentModelSerializer(model).data)
