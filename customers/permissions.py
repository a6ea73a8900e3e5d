"""What the role alone allows in the admin; administrators are superusers, the rest is per account."""

from typing import Any

from django.contrib.auth.backends import BaseBackend

from config.api.roles import Role
from customers.models import User

STAFF_PERMISSIONS = frozenset(
    {
        "customers.view_customer",
        "customers.add_customer",
        "customers.change_customer",
        "customers.view_customerimport",
        "customers.add_customerimport",
        "customers.view_segment",
        "customers.add_segment",
        "customers.change_segment",
        "customers.delete_segment",
        "customers.view_riskwarning",
        "customers.view_dailycustomerstatistic",
        "customers.view_project",
        "customers.add_project",
        "customers.change_project",
        "customers.view_projectevent",
        "customers.view_followuptask",
        "customers.view_followupplan",
        "customers.view_planstep",
        "customers.view_customergroup",
        "customers.change_customergroup",
        "customers.view_tag",
        "customers.add_tag",
        "customers.change_tag",
        "customers.delete_tag",
        "customers.view_taggroup",
        "customers.add_taggroup",
        "customers.change_taggroup",
        "tickets.view_ticket",
        "tickets.change_ticket",
        "tickets.view_ticketevent",
        "tickets.view_cannedreply",
        "tickets.add_cannedreply",
        "tickets.change_cannedreply",
        "tickets.delete_cannedreply",
        "tickets.view_slapolicy",
        "tickets.view_slapolicyversion",
        "tickets.view_slaapplication",
        "tickets.view_slastep",
    }
)


class RoleBackend(BaseBackend):
    """Staff work on tickets and customers; the visibility rule decides which."""

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        return (
            isinstance(user_obj, User)
            and user_obj.is_active
            and user_obj.role == Role.STAFF
            and perm in STAFF_PERMISSIONS
        )

    def has_module_perms(self, user_obj: Any, app_label: str) -> bool:
        return any(
            perm.startswith(f"{app_label}.") and self.has_perm(user_obj, perm)
            for perm in STAFF_PERMISSIONS
        )
