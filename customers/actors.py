"""Who does something, through which door. Every action takes one, every event remembers it."""

from dataclasses import dataclass

from django.db import models

from config.api.roles import Role
from customers.models import User


class Entry(models.TextChoices):
    """The door an act came through."""

    API = "api", "接口"
    ADMIN = "admin", "后台"
    WECOM_GROUP = "wecom_group", "企业微信群"
    WECOM_APP = "wecom_app", "企业微信应用"
    # What the platform told us: it is not told back.
    WECOM_SYNC = "wecom_sync", "企业微信同步"
    IMPORT = "import", "导入"
    SYSTEM = "system", "系统"


@dataclass(frozen=True)
class Actor:
    """`user` is None for API keys and for the system; `chat_id` is the group spoken in, if any."""

    user: User | None
    name: str
    role: Role
    entry: Entry
    chat_id: str = ""

    @property
    def is_team(self) -> bool:
        return self.role in (Role.STAFF, Role.ADMIN)

    @property
    def sees_all(self) -> bool:
        return self.role == Role.ADMIN


def actor_for(user: User, entry: Entry, *, chat_id: str = "") -> Actor:
    return Actor(user, user.display_name, Role(user.role), entry, chat_id)


def system_actor(entry: Entry = Entry.SYSTEM) -> Actor:
    """Nobody in person: a nightly job, a rule, or what the platform reports."""
    return Actor(None, str(entry.label), Role.ADMIN, entry)
