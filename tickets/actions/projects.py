"""Which project a ticket may belong to."""

from config.errors import InvalidInputError
from customers.actors import Actor
from customers.visibility import projects_visible_to


def check_project(project_id: int | None, customer_id: int, actor: Actor) -> None:
    """One of the same customer that the actor may see; else `InvalidInputError`."""
    if project_id is None:
        return
    if not projects_visible_to(actor).filter(pk=project_id, customer_id=customer_id).exists():
        raise InvalidInputError("这位客户没有这个项目", code="not_found", attr="project_id")
