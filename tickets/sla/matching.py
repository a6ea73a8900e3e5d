"""Which policy is a ticket's: the first by rank whose every given condition fits."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import F

from customers.models import CustomerTag
from tickets.models import SlaPolicyVersion, Ticket
from tickets.sla.rules import Rules


@dataclass(frozen=True)
class Policy:
    """A policy by its present version."""

    policy_id: int
    version: int
    rules: Rules


def policies_in_force() -> list[Policy]:
    """The active ones in the order in which they are tried; one query.

    The version's words count, not the policy's row: a tag that was deleted must not turn its policy
    into everybody's.
    """
    rows = SlaPolicyVersion.objects.filter(
        policy__is_active=True, version=F("policy__version")
    ).order_by("policy__rank", "policy_id")
    return [Policy(row.policy_id, row.version, Rules.from_json(row.rules)) for row in rows]


def policy_for(ticket: Ticket) -> Policy | None:
    """The present one for a ticket, saved or not yet."""
    policies = policies_in_force()
    tags: Collection[int] = ()
    if any(policy.rules.tags for policy in policies):
        tags = tags_of([ticket.customer_id])[ticket.customer_id]
    return first_fitting(policies, ticket, tags)


def first_fitting(
    policies: Iterable[Policy], ticket: Ticket, tags: Collection[int]
) -> Policy | None:
    return next((policy for policy in policies if fits(policy.rules, ticket, tags)), None)


def fits(rules: Rules, ticket: Ticket, tags: Collection[int]) -> bool:
    """Products are compared without regard to case and outer blanks."""
    if rules.priorities and ticket.priority not in rules.priorities:
        return False
    if rules.products:
        own = ticket.product.strip().casefold()
        if own not in {product.casefold() for product in rules.products}:
            return False
    return not rules.tags or not set(rules.tags).isdisjoint(tags)


def tags_of(customer_ids: Collection[int]) -> dict[int, set[int]]:
    """The ids of the tags that each customer carries, with one query."""
    found: dict[int, set[int]] = defaultdict(set)
    links = CustomerTag.objects.filter(customer__in=customer_ids)
    for customer_id, tag_id in links.values_list("customer_id", "tag_id"):
        found[customer_id].add(tag_id)
    return found
