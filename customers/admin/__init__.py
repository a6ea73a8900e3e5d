"""The customers' room in the operators' admin, one module for each thing."""

from customers.admin import (  # noqa: F401  (they register themselves)
    accounts,
    customers,
    groups,
    handovers,
    imports,
    merging,
    plans,
    projects,
    risks,
    segments,
    statistics,
    tag_rules,
    tags,
)
