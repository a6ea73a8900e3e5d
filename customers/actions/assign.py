"""Who follows a customer up."""

from django.db import transaction

from config.errors import NotAllowedError
from customers.actions.fields import check_team_member
from customers.actions.history import announce, lock_customer, record, require_team
from customers.actors import Actor
from customers.models import Customer, CustomerEventKind, User


@transaction.atomic
def customer_assign(
    *, customer_id: int, to_user: User | None, actor: Actor, note: str = ""
) -> Customer:
    """The customer in its new hands; None leaves them without an owner.

    Administrators assign everybody, staff their own customers and those that nobody follows up.
    Raises `NotFoundError`, `NotAllowedError`, `InvalidInputError` for who is not on the team.
    """
    require_team(actor)
    if to_user is not None:
        check_team_member(to_user, attr="user")
    customer = lock_customer(customer_id, actor)
    give_to(customer, to_user, actor, note)
    return customer


def give_to(customer: Customer, to_user: User | None, actor: Actor, note: str = "") -> None:
    """Inside an action that holds the customer. Who has them already: nothing changes."""
    before = customer.follow_user
    if before == to_user:
        return
    if before is not None:
        require_owner(customer, actor)
    customer.follow_user = to_user
    customer.save(update_fields=["follow_user", "updated_at"])
    names = [user.display_name if user else "" for user in (before, to_user)]
    record(
        customer,
        actor,
        CustomerEventKind.ASSIGNED,
        content=note,
        changes={"follow_user": (names[0], names[1])},
    )
    announce(
        "customer.assigned",
        customer,
        actor,
        from_user_id=before.pk if before else None,
        to_user_id=to_user.pk if to_user else None,
        from_wecom_user_id=(before.wecom_user_id or "") if before else "",
        to_wecom_user_id=(to_user.wecom_user_id or "") if to_user else "",
        note=note,
    )


def require_owner(customer: Customer, actor: Actor) -> None:
    """Raises `NotAllowedError` for who neither follows the customer up nor administers."""
    if actor.sees_all or (actor.user is not None and customer.follow_user_id == actor.user.pk):
        return
    raise NotAllowedError("只有跟进人或管理员可以这样做")
