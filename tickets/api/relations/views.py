"""`/api/tickets/{id}/merge`, `/links`, `/watch`, `/watchers`, `/rate`, `/ratings`."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import generics, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from config.api.idempotency import IdempotentPosts
from config.api.keys import Scope
from config.api.permissions import EVERYONE, STAFF, HasAccess, Rule
from config.api.roles import Role
from config.api.validated import validated
from customers.api.actor import actor_of
from customers.models import User
from customers.queries.staff import staff_named
from tickets import actions
from tickets.api.relations import serializers as s
from tickets.api.ticket import ticket_of
from tickets.api.tickets.serializers import TicketSerializer
from tickets.models import Ticket, TicketRating
from tickets.queries.links import Link, links_of
from tickets.queries.watchers import watchers_of

READS, WRITES = Rule(STAFF, Scope.TICKETS_READ), Rule(STAFF, Scope.TICKETS_WRITE)


class MergeView(IdempotentPosts):
    """`POST …/merge`: the answer is the ticket that goes on."""

    permission_classes = [HasAccess]
    access = {"post": WRITES}

    @extend_schema(request=s.MergeSerializer, responses=TicketSerializer)
    def post(self, request: Request, pk: int) -> Response:
        data = validated(s.MergeSerializer(data=request.data))
        target = actions.ticket_merge(
            ticket_id=pk,
            into_id=data["into"],
            reason=data.get("reason", ""),
            actor=actor_of(request),
        )
        return Response(TicketSerializer(target).data)


class LinksView(generics.GenericAPIView[Ticket]):
    """Links of a ticket, seen from its side."""

    permission_classes = [HasAccess]
    access = {"get": READS, "post": WRITES, "delete": WRITES}
    serializer_class = s.LinkSerializer
    queryset = Ticket.objects.none()
    filter_backends = []

    @extend_schema(responses=s.LinkSerializer(many=True))
    def get(self, request: Request, pk: int) -> Response:
        actor = actor_of(request)
        page: Any = self.paginate_queryset(links_of(ticket_of(pk, actor), actor))
        return self.get_paginated_response(_links(page))

    @extend_schema(request=s.LinkGivenSerializer, responses={201: s.LinkSerializer(many=True)})
    def post(self, request: Request, pk: int) -> Response:
        data, actor = validated(s.LinkGivenSerializer(data=request.data)), actor_of(request)
        actions.ticket_link(
            ticket_id=pk, other_id=data["ticket_id"], kind=data["kind"], actor=actor
        )
        links = links_of(ticket_of(pk, actor), actor)
        return Response(_links(links), status.HTTP_201_CREATED)

    @extend_schema(request=s.LinkGivenSerializer, responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        data, actor = validated(s.LinkGivenSerializer(data=request.data)), actor_of(request)
        actions.ticket_unlink(
            ticket_id=pk, other_id=data["ticket_id"], kind=data["kind"], actor=actor
        )
        return Response(status=status.HTTP_204_NO_CONTENT)


class WatchView(APIView):
    """`POST` to follow, `DELETE` to stop; oneself, or a colleague who may see the ticket."""

    permission_classes = [HasAccess]
    access = {"post": WRITES, "delete": WRITES}

    @extend_schema(
        request=s.WatcherGivenSerializer, responses={201: s.WatcherSerializer(many=True)}
    )
    def post(self, request: Request, pk: int) -> Response:
        actor, user = actor_of(request), _named(request)
        actions.ticket_watch(ticket_id=pk, user=user, actor=actor)
        watchers = watchers_of(ticket_of(pk, actor))
        return Response(s.WatcherSerializer(watchers, many=True).data, status.HTTP_201_CREATED)

    @extend_schema(request=s.WatcherGivenSerializer, responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        actions.ticket_unwatch(ticket_id=pk, user=_named(request), actor=actor_of(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class WatchersView(generics.ListAPIView[User]):
    """`GET …/watchers`."""

    permission_classes = [HasAccess]
    access = {"get": READS}
    serializer_class = s.WatcherSerializer
    queryset = User.objects.none()
    filter_backends = []

    def get_queryset(self) -> Any:
        return watchers_of(ticket_of(self.kwargs["pk"], actor_of(self.request)))


class RateView(IdempotentPosts):
    """`POST …/rate`: the ticket's customer alone (contract.md §4)."""

    permission_classes = [HasAccess]
    access = {"post": Rule(frozenset({Role.CUSTOMER}))}

    @extend_schema(request=s.RatingGivenSerializer, responses={201: s.RatingSerializer})
    def post(self, request: Request, pk: int) -> Response:
        data = validated(s.RatingGivenSerializer(data=request.data))
        rating = actions.ticket_rate(
            ticket_id=pk,
            score=data["score"],
            comment=data.get("comment", ""),
            actor=actor_of(request),
        )
        return Response(s.RatingSerializer(rating).data, status.HTTP_201_CREATED)


class RatingsView(generics.ListAPIView[TicketRating]):
    """`GET …/ratings`: one for each solution, newest first."""

    permission_classes = [HasAccess]
    access = {"get": Rule(EVERYONE, Scope.TICKETS_READ)}
    serializer_class = s.RatingSerializer
    queryset = TicketRating.objects.none()
    filter_backends = []

    def get_queryset(self) -> Any:
        ticket = ticket_of(self.kwargs["pk"], actor_of(self.request))
        return ticket.ratings.select_related("assignee").order_by("-cycle")


def _links(links: list[Link]) -> Any:
    return s.LinkSerializer(
        [
            {
                "kind": link.kind,
                "direction": "out" if link.is_source else "in",
                "word": link.word,
                "ticket": link.ticket,
            }
            for link in links
        ],
        many=True,
    ).data


def _named(request: Request) -> User | None:
    name = validated(s.WatcherGivenSerializer(data=request.data)).get("user")
    return staff_named(name, attr="user") if name else None
