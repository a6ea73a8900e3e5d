"""Three customers with everything that may hang on one, as 李四 (staff) and 张三 (customer) see them.

`own` is followed by 李四 and is 张三 himself; `bound` is a colleague's, but 李四 has a ticket of it;
`foreign` is a colleague's alone. `SEES` says which of the three each role sees of each kind.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone

from config.api.keys import ApiKey, Scope
from config.api.roles import Role
from config.runtime import store
from customers.actors import Entry
from customers.models import (
    Customer,
    CustomerEvent,
    CustomerEventKind,
    CustomerGroup,
    CustomerImport,
    CustomerTag,
    FollowUp,
    FollowUpPlan,
    FollowUpTask,
    Handover,
    HandoverReason,
    MergeCase,
    MergeReason,
    PlanEnrollment,
    PlanTrigger,
    Project,
    RiskWarning,
    Segment,
    Tag,
    TagGroup,
    TagRule,
)
from messaging.models import ChannelType, Message, MessageBatch, MessageTemplate
from monitoring.jobs.catalogue import job_called
from tests.factories import (
    AdminFactory,
    CustomerFactory,
    RobotFactory,
    SlaPolicyFactory,
    TicketFactory,
    UserFactory,
)
from tickets.models import (
    AssistantTurn,
    CannedReply,
    Chat,
    ChatFile,
    ChatMessage,
    ChatMessageType,
    ChatStatus,
    ChecklistItem,
    IntentExample,
    IntentModel,
    KnowledgeArticle,
    KnowledgeGap,
    KnowledgeHit,
    SavedView,
    Sender,
    TicketAttachment,
    Visibility,
)

WHICH = ("own", "bound", "foreign")
SETTINGS = {"own": "retry", "bound": "circuit", "foreign": "message_sender"}
ALL = frozenset(WHICH)
WITH_THE_CUSTOMER = {"staff": frozenset({"own", "bound"}), "customer": frozenset({"own"})}
SEES: dict[str, dict[str, frozenset[str]]] = {
    "customer": WITH_THE_CUSTOMER,
    "ticket": WITH_THE_CUSTOMER,
    "chat": WITH_THE_CUSTOMER,
    "project": WITH_THE_CUSTOMER,
    "follow_up": WITH_THE_CUSTOMER,
    "warning": WITH_THE_CUSTOMER,
    # Owned by people, not by being bound to a customer.
    "task": {"staff": frozenset({"own"})},
    "group": {"staff": frozenset({"own"})},
    "import": {"staff": frozenset({"own"})},
    # `bound` is a colleague's that is shared with the team.
    "segment": {"staff": frozenset({"own", "bound"})},
    # `bound` is the team's, or shared with it.
    "canned_reply": {"staff": frozenset({"own", "bound"})},
    "ticket_view": {"staff": frozenset({"own", "bound"})},
    "checklist_item": WITH_THE_CUSTOMER,
    "turn": {"staff": frozenset({"own", "bound"})},
    "hit": {"staff": frozenset({"own", "bound"})},
    # What belongs to nobody in particular: whoever may call sees all three.
    "shared": {"staff": ALL, "customer": ALL},
}


@dataclass
class World:
    """`ids[kind][which]` is what stands in an address; `users[persona]` who calls."""

    users: dict[str, Any]
    customers: dict[str, Customer]
    ids: dict[str, dict[str, Any]] = field(default_factory=dict)
    tag: Any = None
    template: Any = None

    def sees(self, persona: str, kind: str) -> frozenset[str]:
        if persona in ("admin", "key"):
            return ALL
        return SEES[kind].get(persona, frozenset())


def build() -> World:
    lisi = UserFactory(username="lisi", name="李四")
    wangwu = UserFactory(username="wangwu", name="王五")
    admin = AdminFactory(username="admin", name="管理员")
    owners = {"own": lisi, "bound": wangwu, "foreign": wangwu}
    customers = {
        which: CustomerFactory(name=f"{which}的客户", follow_user=owners[which]) for which in WHICH
    }
    zhangsan = UserFactory(
        username="zhangsan", name="张三", role=Role.CUSTOMER, customer=customers["own"]
    )
    world = World(
        users={"staff": lisi, "admin": admin, "customer": zhangsan, "colleague": wangwu},
        customers=customers,
    )
    world.template = MessageTemplate.objects.create(
        code="notice", name="通知", channel=ChannelType.WORK_WECHAT, body="{{content}}"
    )
    group = TagGroup.objects.create(name="等级")
    world.tag = Tag.objects.create(name="重点", group=group)
    for which in WHICH:
        _furnish(world, which, owners[which])
    world.ids["customer"] = {which: customers[which].pk for which in WHICH}
    world.ids["merge_case"] = _merge_cases(customers)
    return world


def _merge_cases(customers: dict[str, Customer]) -> dict[str, int]:
    """Whether one is the next of the three."""
    found: dict[str, int] = {}
    for which, other in zip(WHICH, (*WHICH[1:], WHICH[0]), strict=True):
        first, second = sorted((customers[which], customers[other]), key=lambda one: one.pk)
        case = MergeCase.objects.create(first=first, second=second, reason=MergeReason.MANUAL)
        found[which] = case.pk
    return found


def _furnish(world: World, which: str, owner: Any) -> None:
    customer, lisi = world.customers[which], world.users["staff"]
    now = timezone.now()
    CustomerTag.objects.create(customer=customer, tag=world.tag)
    CustomerEvent.objects.create(
        customer=customer,
        kind=CustomerEventKind.CREATED,
        actor_name="系统",
        entry=Entry.SYSTEM,
    )
    ticket = TicketFactory(customer=customer, assignee=lisi if which == "bound" else None)
    attachment = TicketAttachment.objects.create(
        ticket=ticket,
        visibility=Visibility.PUBLIC,
        file=ContentFile(b"notes", name="notes.txt"),
        name="notes.txt",
        content_type="text/plain",
        size=5,
        sha256="0" * 64,
        uploader_name="系统",
        entry=Entry.SYSTEM,
    )
    group = CustomerGroup.objects.create(chat_id=f"wr-{which}", name=which, owner=owner)
    task = FollowUpTask.objects.create(
        customer=customer, owner=owner, title="回访", due_at=now + timedelta(days=1)
    )
    follow_up = FollowUp.objects.create(customer=customer, content="记录", author_name="系统")
    project = Project.objects.create(customer=customer, name=f"{which}的项目")
    warning = RiskWarning.objects.create(customer=customer, score=80, level="high", reasons=[])
    Customer.objects.filter(pk=customer.pk).update(risk_score=80, risk_level="high")
    segment = Segment.objects.create(
        name=f"{which}的分群",
        conditions={"all": []},
        owner=owner,
        is_shared=which == "bound",
    )
    job = CustomerImport.objects.create(
        import_id=f"IMP{which}", file_name="a.csv", content=b"", digest="0", created_by=owner
    )
    rule = TagRule.objects.create(name=f"{which}的规则", tag=world.tag, conditions={"all": []})
    plan = FollowUpPlan.objects.create(name=f"{which}的计划", trigger=PlanTrigger.MANUAL)
    enrollment = PlanEnrollment.objects.create(plan=plan, customer=customer, started_at=now)
    case = Handover.objects.create(
        from_user=owner, candidates=[lisi.pk], reason=HandoverReason.ON_JOB
    )
    batch = MessageBatch.objects.create(
        batch_id=f"BAT{which}", channel=ChannelType.WORK_WECHAT, total=1
    )
    message = Message.objects.create(
        message_id=f"MSG{which}",
        batch=batch,
        channel=ChannelType.WORK_WECHAT,
        recipient="lisi",
        due_at=now,
    )
    robot = RobotFactory(is_default=False)
    reply = CannedReply.objects.create(
        owner=None if which == "bound" else owner, shortcut=which, title=which, body="您好"
    )
    policy = SlaPolicyFactory(name=f"{which}的策略", priorities=["low"])
    view = SavedView.objects.create(owner=owner, name=which, is_shared=which == "bound")
    item = ChecklistItem.objects.create(ticket=ticket, position=1, text="步骤")
    # `bound` is the one that somebody has in hand; the others queue.
    chat = Chat.objects.create(
        customer=customer,
        status=ChatStatus.ACTIVE if which == "bound" else ChatStatus.QUEUED,
        agent=lisi if which == "bound" else None,
        queued_at=now,
    )
    sent = ChatFile.objects.create(
        chat=chat,
        file=ContentFile(b"notes", name="notes.txt"),
        name="notes.txt",
        content_type="text/plain",
        size=5,
        sha256="0" * 64,
    )
    said = ChatMessage.objects.create(
        chat=chat, number=1, sender=Sender.CUSTOMER, type=ChatMessageType.FILE, file=sent
    )
    Chat.objects.filter(pk=chat.pk).update(last_number=1)
    turn = AssistantTurn.objects.create(
        customer=customer, entry="official_account", text="怎么开发票", created_at=now
    )
    article = KnowledgeArticle.objects.create(title=f"{which}的文章", body="按说明办理")
    gap = KnowledgeGap.objects.create(key=which, question=f"{which}的问题", last_asked_at=now)
    example = IntentExample.objects.create(text=f"{which}的打印机坏了", intent="fault")
    model = IntentModel.objects.create(version=WHICH.index(which) + 1, accuracy=0.9)
    setting = store.change(key=SETTINGS[which], value={}, actor=None)
    made = {
        "turn": turn.pk,
        "article": article.pk,
        "hit": KnowledgeHit.objects.create(article=article, turn=turn).pk,
        "gap": gap.pk,
        "intent_example": example.pk,
        "intent_model": model.pk,
        "job": job_called("config.tasks.purge_consumed_events").pk,
        "chat": chat.pk,
        "any chat": chat.pk,
        "chat_message": said.pk,
        "chat_file": sent.pk,
        "canned_reply": reply.pk,
        "sla_policy": policy.pk,
        "ticket_view": view.pk,
        "checklist_item": item.pk,
        "ticket": ticket.pk,
        "any ticket": ticket.pk,
        "attachment": attachment.pk,
        "group": group.pk,
        "task": task.pk,
        "follow_up": follow_up.pk,
        "project": project.pk,
        "warning": warning.pk,
        "segment": segment.pk,
        "import": job.import_id,
        "rule": rule.pk,
        "plan": plan.pk,
        "handover": case.pk,
        "enrollment": enrollment.pk,
        "batch": batch.batch_id,
        "message": message.message_id,
        "trace": message.trace_id,
        "account": robot.pk,
        "template": world.template.pk,
        "tag": world.tag.pk,
        "tag_group": world.tag.group_id,
        "runtime_setting": setting.pk,
    }
    for kind, number in made.items():
        world.ids.setdefault(kind, {})[which] = number


def key_with(scope: str) -> str:
    """An API key with that scope alone, or, for the empty one, with every scope but none named."""
    _, key = ApiKey.objects.create_key(name=scope or "无", scopes=[scope] if scope else [])
    return key


def key_without(scope: str) -> str:
    """An API key with all scopes but that one."""
    _, key = ApiKey.objects.create_key(
        name="其他", scopes=[other.value for other in Scope if other.value != scope]
    )
    return key
