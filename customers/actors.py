"""Who does something, through which door. Every action takes one, every event remembers it."""

from dataclasses import dataclass

from django.db import models

from config.api.roles import Role
from customers.models import Customer, User


class Entry(models.TextChoices):
    """The door an act came through."""

    API = "api", "接口"
    ADMIN = "admin", "后台"
    CONSOLE = "console", "工作台"
    # A customer's own pages: the form, the secure link.
    WEB = "web", "网页"
    WECOM_GROUP = "wecom_group", "企业微信群"
    WECOM_APP = "wecom_app", "企业微信应用"
    OFFICIAL_ACCOUNT = "official", "公众号"
    KF = "kf", "微信客服"
    # What the platform told us: it is not told back.
    WECOM_SYNC = "wecom_sync", "企业微信同步"
    IMPORT = "import", "导入"
    SYSTEM = "system", "系统"


@dataclass(frozen=True)
class Actor:
    """`user` is None for API keys, for the system, and for customers without a login.

    `chat_id` is the group spoken in, if any; `customer_id` is set for customers alone.
    """

    user: User | None
    name: str
    role: Role
    entry: Entry
    chat_id: str = ""
    customer_id: int | None = None

    @property
    def is_team(self) -> bool:
        return self.role in (Role.STAFF, Role.ADMIN)

    @property
    def sees_all(self) -> bool:
        return self.role == Role.ADMIN


def actor_for(user: User, entry: Entry, *, chat_id: str = "") -> Actor:
    """A login's own; a customer's login stands for its customer."""
    customer_id = user.customer_id if user.role == Role.CUSTOMER else None
    return Actor(user, user.display_name, Role(user.role), entry, chat_id, customer_id)


def customer_actor(customer: Customer, entry: Entry) -> Actor:
    """A customer whom something other than a login proves: a code, a signed link, the platform."""
    return Actor(None, customer.name, Role.CUSTOMER, entry, "", customer.pk)


def system_actor(entry: Entry = Entry.SYSTEM) -> Actor:
    """Nobody in person: a nightly job, a rule, or what the platform reports."""
    return Actor(None, str(entry.label), Role.ADMIN, entry)
