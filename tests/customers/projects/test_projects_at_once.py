"""Many at once on one project: one consistent trail."""

import pytest

from config.errors import AppError
from config.events.models import OutboxEntry
from customers.models import Project
from customers.projects import actions
from customers.projects.moves import project_move
from tests.at_once import all_at_once
from tests.factories import AdminFactory, ProjectFactory, actor

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_ten_edits_with_one_version_exactly_one_wins_and_a_sale_is_made_once():
    boss, project = actor(AdminFactory()), ProjectFactory()
    actions.project_note(project_id=project.pk, content="开始", actor=boss)
    acts = [
        lambda n=number: actions.project_edit(
            project_id=project.pk, changes={"name": f"名{n}"}, version=1, actor=boss
        )
        for number in range(5)
    ] + [lambda: project_move(project_id=project.pk, stage="insale", actor=boss) for _ in range(5)]
    assert all_at_once(acts, foreseen=AppError) == []
    project = Project.objects.get()
    trail = list(project.events.order_by("sequence"))
    assert [event.sequence for event in trail] == list(range(1, project.version + 1))
    assert sum(event.kind == "stage" for event in trail) == 1
    assert sum(event.kind == "edited" for event in trail) <= 1
    told = OutboxEntry.objects.filter(name__startswith="project.").order_by("id")
    assert [row.payload["data"]["version"] for row in told] == [e.sequence for e in trail]
