"""The tickets of projects, as a project's page shows them (customers/projects/attached.py)."""

from collections.abc import Collection
from typing import Any, cast

from django.db.models import Count, F, Q, Window
from django.db.models.functions import RowNumber

from customers.actors import Actor
from customers.projects.attached import OpenTicket, Tickets
from tickets.states import OPEN
from tickets.visibility import tickets_visible_to

# Open tickets named for each project; the counts are of all.
NAMED = 5


def tickets_of_projects(project_ids: Collection[int], actor: Actor) -> dict[int, Tickets]:
    """Counts and the newest open tickets of each project that has any, in two queries."""
    tickets = tickets_visible_to(actor).filter(project__in=project_ids).order_by()
    counts = tickets.values("project_id").annotate(
        total=Count("pk"), open=Count("pk", filter=Q(status__in=OPEN))
    )
    found = {
        row["project_id"]: Tickets(total=row["total"], open=row["open"], open_list=[])
        for row in counts
    }
    place = Window(RowNumber(), partition_by=F("project_id"), order_by=F("id").desc())
    newest: Any = (
        tickets.filter(status__in=OPEN)
        .annotate(place=place)
        .filter(place__lte=NAMED)
        .order_by("-id")
        .values("id", "title", "status", "progress", "deadline", "project_id")
    )
    for row in newest:
        project_id = row.pop("project_id")
        if project_id in found:
            found[project_id]["open_list"].append(cast("OpenTicket", row))
    return found
