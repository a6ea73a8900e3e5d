"""A segment as the audience of a batch: every customer's address of one channel, looked up at once."""

from collections.abc import Mapping
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from config.errors import InvalidInputError
from customers.actors import Actor
from customers.models import Customer, CustomerIdentifier, Segment
from customers.queries.addresses import BY_PHONE
from customers.queries.segments import segment_customers
from messaging.actions.send import Addressee
from messaging.models import MessageTemplate
from messaging.sending.accept import MAX_BATCH
from messaging.templates_in_use import template_in_use

# Variables that each customer brings along, where the template names them and the call does not.
CUSTOMER_NAME, COMPANY = "customer_name", "company"


def audience_of(segment: Segment, actor: Actor) -> QuerySet[Customer]:
    """Whom a batch may go to: within the actor's view, neither deleted, blocked nor erased."""
    return segment_customers(segment, actor).filter(blocked_at__isnull=True, erased_at__isnull=True)


def segment_addressees(
    segment: Segment, *, template: MessageTemplate, variables: Mapping[str, Any], actor: Actor
) -> list[Addressee]:
    """In the order of their ids; who has no address stays in, with none.

    Raises `InvalidInputError` naming `segment_id` for nobody, and for more than 10,000.
    """
    audience = audience_of(segment, actor)
    known = CustomerIdentifier.objects.filter(
        customer=OuterRef("pk"), channel=template.channel
    ).values("address")[:1]
    by_phone = template.channel == BY_PHONE
    address = Coalesce(Subquery(known), "phone") if by_phone else Subquery(known)
    rows = audience.order_by("pk").values_list("pk", address, "name", "company")
    found = list(rows[: MAX_BATCH + 1])
    if len(found) > MAX_BATCH:
        raise InvalidInputError(
            f"分群「{segment.name}」有 {audience.count()} 位客户，一次最多 {MAX_BATCH} 位",
            code="too_many",
            attr="segment_id",
        )
    if not found:
        raise InvalidInputError(
            f"分群「{segment.name}」中没有可以发送的客户", code="nobody", attr="segment_id"
        )
    open_names = set(template_in_use(template).missing(variables))
    return [
        Addressee(
            recipient or "",
            {
                variable: value
                for variable, value in ((CUSTOMER_NAME, name), (COMPANY, company))
                if variable in open_names
            },
            pk,
        )
        for pk, recipient, name, company in found
    ]
