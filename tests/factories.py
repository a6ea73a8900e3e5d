"""Data for tests."""

from dataclasses import fields
from datetime import timedelta
from typing import Any

import factory
from django.utils import timezone

from config.api.roles import Role
from customers.actors import Actor, Entry, actor_for
from customers.models import Customer, CustomerGroup, Follower, Project, Tag, TagGroup, User
from messaging.models import ChannelAccount, ChannelType
from tickets.models import (
    AgentPresence,
    AgentProfile,
    AgentSkill,
    PresenceStatus,
    SlaPolicy,
    SlaPolicyVersion,
    Ticket,
)
from tickets.sla.rules import DEFAULT_LADDER, Rules

PASSWORD = "a-long-enough-password-1"


class UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"user-{n}")
    name = factory.Sequence(lambda n: f"用户{n}")
    role = Role.STAFF
    wecom_user_id = factory.SelfAttribute("username")
    password = factory.django.Password(PASSWORD)


class AdminFactory(UserFactory):
    role = Role.ADMIN
    is_staff = True
    is_superuser = True


class CustomerFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Customer

    name = factory.Sequence(lambda n: f"客户{n}")
    phone = factory.Sequence(lambda n: f"+86138{n:08d}")
    company = "XX科技有限公司"


class TicketFactory(factory.django.DjangoModelFactory):
    """A bare row, without its trail: use the action where the trail matters."""

    class Meta:
        model = Ticket

    title = "服务器无法连接"
    description = "服务器无法连接"
    customer = factory.SubFactory(CustomerFactory)
    deadline = factory.LazyFunction(lambda: timezone.now() + timedelta(hours=24))


class RobotFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ChannelAccount

    channel = ChannelType.GROUP_BOT
    code = factory.Sequence(lambda n: f"bot_{n:03d}")
    name = "群机器人"
    settings = factory.LazyFunction(lambda: {"group_id": "test_group_001"})
    secrets = factory.LazyFunction(
        lambda: {"webhook_url": "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=0000"}
    )
    is_default = True


def actor(user: Any, entry: Entry = Entry.API, chat_id: str = "") -> Actor:
    return actor_for(user, entry, chat_id=chat_id)


class SmsAccountFactory(factory.django.DjangoModelFactory):
    """At the simulator, once `endpoint` says where it is; `provider` is `aliyun` or `tencent`."""

    class Meta:
        model = ChannelAccount

    class Params:
        provider = "aliyun"
        endpoint = "127.0.0.1:1"
        sign_name = "沙箱签名"
        key_secret = "sandbox-key-secret"
        receipt_token = "sandbox-receipt-token"

    channel = ChannelType.SMS
    code = factory.Sequence(lambda n: f"sms_{n:03d}")
    name = "短信"
    settings = factory.LazyAttribute(
        lambda o: {
            "provider": o.provider,
            "sign_name": o.sign_name,
            "sdk_app_id": "1400000001" if o.provider == "tencent" else "",
            "endpoint": o.endpoint,
        }
    )
    secrets = factory.LazyAttribute(
        lambda o: {
            "access_key_id": "sandbox-key-id",
            "access_key_secret": o.key_secret,
            "receipt_token": o.receipt_token,
        }
    )
    is_default = True


class TagGroupFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = TagGroup

    name = factory.Sequence(lambda n: f"标签组{n}")


class TagFactory(factory.django.DjangoModelFactory):
    """Without a group, unless one is given."""

    class Meta:
        model = Tag

    name = factory.Sequence(lambda n: f"标签{n}")


class ProjectFactory(factory.django.DjangoModelFactory):
    """A bare presale row, without its trail."""

    class Meta:
        model = Project

    name = factory.Sequence(lambda n: f"项目{n}")
    customer = factory.SubFactory(CustomerFactory)


class FollowerFactory(factory.django.DjangoModelFactory):
    """A customer and a member of staff who are friends in WeCom."""

    class Meta:
        model = Follower

    customer = factory.SubFactory(CustomerFactory)
    user = factory.SubFactory(UserFactory)
    wecom_user_id = factory.SelfAttribute("user.wecom_user_id")


class CustomerGroupFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = CustomerGroup

    chat_id = factory.Sequence(lambda n: f"wrGroup{n}")
    name = factory.Sequence(lambda n: f"客户群{n}")


class AgentFactory(factory.django.DjangoModelFactory):
    """A colleague who takes part in dispatch, online for eight hours unless `online=False`.

    `skills={"CRM": 5}`; nobody has been told that they came.
    """

    class Meta:
        model = AgentProfile
        skip_postgeneration_save = True

    user = factory.SubFactory(UserFactory)
    accepts_tickets = True
    max_open_tickets = 5

    @factory.post_generation
    def skills(self, create: bool, extracted: dict[str, int] | None, **kwargs: Any) -> None:
        for product, level in (extracted or {}).items():
            AgentSkill.objects.create(profile=self, product=product, level=level)

    @factory.post_generation
    def online(self, create: bool, extracted: bool | None, **kwargs: Any) -> None:
        if extracted is not False:
            AgentPresence.objects.create(
                user=self.user,
                status=PresenceStatus.ONLINE,
                holds_until=timezone.now() + timedelta(hours=8),
            )


class SlaPolicyFactory(factory.django.DjangoModelFactory):
    """With its first version, as the action would make it; for everybody unless narrowed."""

    class Meta:
        model = SlaPolicy
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"策略{n}")
    response_minutes = 60
    resolution_minutes = 600
    clock = "plain"
    ladder = factory.LazyFunction(lambda: list(DEFAULT_LADDER))

    @factory.post_generation
    def with_its_version(obj: Any, create: bool, extracted: Any, **kwargs: Any) -> None:
        names = [field.name for field in fields(Rules) if field.name != "tags"]
        rules = {**{name: getattr(obj, name) for name in names}, "tags": []}
        SlaPolicyVersion.objects.create(policy=obj, version=1, rules=rules)
