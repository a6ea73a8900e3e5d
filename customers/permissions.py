"""What a member of staff may do in the admin who was put into no group."""

from typing import Any

from django.contrib.auth.backends import BaseBackend

from config.api.roles import Role
from customers.models import User
from customers.permission_groups.registry import StaffGroup, granted


class RoleBackend(BaseBackend):
    """Staff without a group are agents; once put into groups they have what those allow, no more.

    Which customers and tickets they see with it is the visibility rule's.
    """

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        return self._is_plain_agent(user_obj) and perm in granted(StaffGroup.AGENT)

    def has_module_perms(self, user_obj: Any, app_label: str) -> bool:
        return self._is_plain_agent(user_obj) and any(
            perm.startswith(f"{app_label}.") for perm in granted(StaffGroup.AGENT)
        )

    def _is_plain_agent(self, user: Any) -> bool:
        if not isinstance(user, User) or not user.is_active or user.role != Role.STAFF:
            return False
        # Asked once for each login that a request loads, as Django keeps permissions.
        kept: bool | None = getattr(user, "_is_in_no_group", None)
        if kept is None:
            kept = not user.groups.exists()
            user._is_in_no_group = kept  # type: ignore[attr-defined]  # noqa: SLF001
        return kept
