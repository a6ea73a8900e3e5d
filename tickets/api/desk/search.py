"""`GET /api/search`: tickets, customers and what rooms above add, within the caller's view."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from config.api.permissions import STAFF, HasAccess, Rule
from config.errors import InvalidInputError
from customers.api.actor import actor_of
from tickets.api.desk import serializers as s
from tickets.desk.search import kinds, search


class SearchView(APIView):
    """At most ten of each kind; `kinds` narrows them."""

    permission_classes = [HasAccess]
    # No key: it would open with one scope what is under several.
    access = {"get": Rule(STAFF)}

    @extend_schema(parameters=[s.SearchQuerySerializer], responses=s.SearchSerializer)
    def get(self, request: Request) -> Response:
        asked = s.SearchQuerySerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        wanted = _kinds(asked.validated_data.get("kinds", ""))
        groups = search(asked.validated_data["q"].strip(), actor_of(request), wanted)
        return Response(s.SearchSerializer({"groups": groups}).data)


def _kinds(text: str) -> list[str]:
    wanted = [kind.strip() for kind in text.split(",") if kind.strip()]
    known = kinds()
    for kind in wanted:
        if kind not in known:
            raise InvalidInputError(f"只能是：{'、'.join(known)}", attr="kinds")
    return wanted
