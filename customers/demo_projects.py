"""Demo projects in each stage, and a follow-up plan; through the same actions as everywhere."""

from decimal import Decimal

from customers.actions.plans import plan_save
from customers.actors import Entry, actor_for, system_actor
from customers.models import Customer, FollowUpPlan, PlanTrigger, Project, Stage, User
from customers.projects.actions import project_create
from customers.projects.moves import project_move

PLAN = "成交后跟进"
# Name, product, amount in yuan, progress, and the stages it has gone on to.
PROJECTS: list[tuple[str, str, int, int, list[Stage]]] = [
    ("云服务器采购", "云服务器", 36_000, 10, []),
    ("数据备份实施", "备份服务", 12_800, 60, [Stage.INSALE]),
    ("机房网络改造", "网络设备", 88_000, 100, [Stage.INSALE, Stage.AFTERSALE]),
]


def load(customer: Customer, owner: User, engineer: User) -> None:
    """Run again, it doubles nothing. Nobody is told anything: each does it for themselves."""
    _plan()
    for name, product, amount, progress, moves in PROJECTS:
        if Project.objects.filter(customer=customer, name=name).exists():
            continue
        actor = actor_for(engineer if moves else owner, Entry.SYSTEM)
        project = project_create(
            customer=customer,
            fields={
                "name": name,
                "owner": owner,
                "products": [product],
                "amount": Decimal(amount),
                "progress": progress,
                "description": f"{product}：按客户现场情况实施",
            },
            engineer=engineer if moves else None,
            actor=actor,
        )
        for stage in moves:
            project_move(project_id=project.pk, stage=stage, actor=actor)


def _plan() -> None:
    if not FollowUpPlan.objects.filter(name=PLAN).exists():
        plan_save(
            FollowUpPlan(),
            fields={
                "name": PLAN,
                "trigger": PlanTrigger.STAGE_ENTERED,
                "trigger_stage": Stage.INSALE,
            },
            steps=[
                {"day": 1, "hour": 9, "title": "确认实施安排", "content": "约定进场时间和联系人"},
                {"day": 7, "hour": 10, "title": "进度回访", "content": "说明进展，询问意见"},
                {"day": 30, "hour": 14, "title": "满意度回访", "content": "询问使用情况，约下一步"},
            ],
            actor=system_actor(),
        )
