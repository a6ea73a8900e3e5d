"""Reading projects."""

from django.db.models import Q, QuerySet

from customers.actors import Actor
from customers.models import Project, User
from customers.visibility import projects_visible_to


def projects_for(actor: Actor) -> QuerySet[Project]:
    """What a list shows: newest first, with the people in the same query."""
    return (
        projects_visible_to(actor).select_related("customer", "owner", "engineer").order_by("-id")
    )


def projects_matching(projects: QuerySet[Project], keyword: str) -> QuerySet[Project]:
    return projects.filter(
        Q(name__icontains=keyword)
        | Q(product__icontains=keyword)
        | Q(customer__name__icontains=keyword)
        | Q(customer__company__icontains=keyword)
    )


def account_of(user: User | None) -> str:
    """The WeCom user id, or the user name where WeCom does not know them."""
    return (user.wecom_user_id or user.username) if user else ""
