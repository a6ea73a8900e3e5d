"""Colleagues who leave."""

from datetime import datetime

from django.db import transaction

from config.api.roles import Role
from config.database.locks import transaction_lock
from config.events.publish import publish
from customers.actors import Actor
from customers.models import User


@transaction.atomic
def staff_resign(*, user_id: int, at: datetime, actor: Actor) -> bool:
    """Marks a colleague as gone and switches the account off; False when that was known.

    The last administrator's account stays usable: without it nobody could undo anything.
    What the colleague had stays theirs until it is handed over.
    """
    transaction_lock("staff.administrators")
    user = User.objects.filter(pk=user_id, resigned_at=None).first()
    if user is None:
        return False
    others = User.objects.filter(role=Role.ADMIN, is_active=True).exclude(pk=user_id)
    user.resigned_at = at
    if user.role != Role.ADMIN or others.exists():
        user.is_active = False
    user.save(update_fields=["resigned_at", "is_active"])
    publish(
        "staff.resigned",
        {
            "user_id": user.pk,
            "username": user.username,
            "name": user.display_name,
            "wecom_user_id": user.wecom_user_id or "",
            "entry": str(actor.entry),
            "actor": actor.name,
        },
        key=f"staff:{user.pk}",
    )
    return True
