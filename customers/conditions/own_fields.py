"""The fields of the customers' room."""

import datetime as dt
from typing import Any

from django.db.models import Q, QuerySet, TextField, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce
from django.db.models.lookups import Exact, IContains, In, StartsWith
from django.utils import timezone

from customers import phones
from customers.conditions.columns import (
    choice_column,
    compared,
    count_of,
    date_column,
    exists,
    flag_of,
    latest_of,
    number_column,
    set_of,
    since,
    sum_of,
    text_column,
    text_of,
)
from customers.conditions.fields import DAYS, Field, Param, Source, choices_of, register_field
from customers.conditions.kinds import Kind
from customers.conditions.language import Leaf
from customers.models import (
    Customer,
    CustomerActivity,
    CustomerChannel,
    CustomerStatus,
    CustomerTag,
    FollowUp,
    FollowUpTask,
    Gender,
    GroupMember,
    GroupStatus,
    Project,
    ProjectStatus,
    RiskLevel,
    Stage,
    TaskStatus,
)

_TEXT_LOOKUPS: dict[str, Any] = {
    "exact": Exact,
    "icontains": IContains,
    "startswith": StartsWith,
    "in": In,
}
PERSON, RELATION, ACTIVITY, PROJECTS, RISK = "客户资料", "归属与标签", "活跃与跟进", "项目", "风险"


def register() -> None:
    """Called from `ready()`."""
    for field in (*_person(), *_relations(), *_activity(), *_projects(), *_risk()):
        register_field(field)


def _person() -> list[Field]:
    texts = {
        "name": "姓名",
        "company": "公司",
        "province": "省",
        "city": "市",
        "remark": "备注",
        "description": "描述",
        "corp_id": "企业 ID",
        "unionid": "UnionID",
    }
    return [
        *(
            Field(name, label, PERSON, Kind.TEXT, text_column(name))
            for name, label in texts.items()
        ),
        Field("phone", "手机", PERSON, Kind.TEXT, text_column("phone"), normal=phones.normalize),
        Field("external_userid", "外部联系人 ID", PERSON, Kind.TEXT, _external_userid),
        Field(
            "attribute",
            "自定义属性",
            PERSON,
            Kind.TEXT,
            _attribute,
            params=(Param("key", "属性名", Kind.TEXT, is_required=True),),
        ),
        _choice("type", "类型", Customer.Kind),
        _choice("gender", "性别", Gender),
        _choice("channel", "来源", CustomerChannel),
        _choice("status", "状态", CustomerStatus),
        *(
            Field(name, label, PERSON, Kind.DATE, date_column(name), can_be_empty=False)
            for name, label in {
                "add_time": "添加时间",
                "created_at": "创建时间",
                "updated_at": "更新时间",
            }.items()
        ),
    ]


def _choice(name: str, label: str, choices: Any, group: str = PERSON) -> Field:
    return Field(
        name,
        label,
        group,
        Kind.CHOICE,
        choice_column(name),
        choices=choices_of(choices),
        can_be_empty=False,
    )


def _relations() -> list[Field]:
    present = GroupMember.objects.filter(
        left_at__isnull=True, customer__isnull=False, group__status=GroupStatus.ACTIVE
    )
    return [
        Field(
            "owner",
            "跟进人",
            RELATION,
            Kind.CHOICE,
            choice_column("follow_user_id"),
            source=Source.STAFF,
        ),
        Field(
            "tags",
            "标签",
            RELATION,
            Kind.SET,
            set_of(CustomerTag.objects.all(), "tag_id"),
            source=Source.TAGS,
        ),
        Field(
            "groups",
            "所在客户群",
            RELATION,
            Kind.SET,
            set_of(present, "group_id"),
            source=Source.GROUPS,
        ),
    ]


def _activity() -> list[Field]:
    def contacts_due(leaf: Leaf, now: dt.datetime) -> QuerySet[FollowUp]:
        return FollowUp.objects.filter(done_at__isnull=True, next_at__isnull=False)

    return [
        Field("last_active_at", "最近活跃", ACTIVITY, Kind.DATE, date_column("last_active_at")),
        Field(
            "activity.count",
            "活跃次数",
            ACTIVITY,
            Kind.INTEGER,
            sum_of(_active_days, "count"),
            params=(DAYS,),
        ),
        Field(
            "activity.days",
            "活跃天数",
            ACTIVITY,
            Kind.INTEGER,
            count_of(_active_days),
            params=(DAYS,),
        ),
        Field("last_contact_at", "最近联系", ACTIVITY, Kind.DATE, date_column("last_contact_at")),
        Field("follow_up.due", "有到期的跟进", ACTIVITY, Kind.FLAG, flag_of(_has_due)),
        Field(
            "follow_up.next_at", "下次联系", ACTIVITY, Kind.DATE, latest_of(contacts_due, "next_at")
        ),
        Field(
            "follow_up.count",
            "跟进次数",
            ACTIVITY,
            Kind.INTEGER,
            count_of(lambda leaf, now: FollowUp.objects.filter(created_at__gte=since(leaf, now))),
            params=(DAYS,),
        ),
    ]


def _projects() -> list[Field]:
    narrowing = (
        Param("stage", "阶段", Kind.CHOICE, choices=choices_of(Stage)),
        Param("status", "状态", Kind.CHOICE, choices=choices_of(ProjectStatus)),
        Param("product", "主要产品", Kind.TEXT),
    )
    all_projects = Project.objects.all()
    return [
        Field(
            "projects.count",
            "项目数",
            PROJECTS,
            Kind.INTEGER,
            count_of(_of_kind),
            params=narrowing,
        ),
        Field(
            "projects.amount",
            "项目金额合计",
            PROJECTS,
            Kind.DECIMAL,
            sum_of(_of_kind, "amount"),
            params=narrowing,
        ),
        Field(
            "projects.stage",
            "项目阶段",
            PROJECTS,
            Kind.SET,
            set_of(all_projects, "stage"),
            choices=choices_of(Stage),
        ),
        Field(
            "projects.status",
            "项目状态",
            PROJECTS,
            Kind.SET,
            set_of(all_projects, "status"),
            choices=choices_of(ProjectStatus),
        ),
        Field(
            "projects.product", "项目产品", PROJECTS, Kind.TEXT, text_of(all_projects, "product")
        ),
    ]


def _risk() -> list[Field]:
    return [
        Field("risk_score", "风险分", RISK, Kind.INTEGER, number_column("risk_score")),
        _choice("risk_level", "风险等级", RiskLevel, RISK),
        Field("lost_at", "流失时间", RISK, Kind.DATE, date_column("lost_at")),
        Field(
            "blocked",
            "已拉黑",
            RISK,
            Kind.FLAG,
            flag_of(lambda now: Q(blocked_at__isnull=False)),
        ),
    ]


def _external_userid(leaf: Leaf, now: dt.datetime) -> Q:
    if leaf.op == "is_empty":
        return Q(external_userid__isnull=leaf.value)
    return text_column("external_userid")(leaf, now)


def _attribute(leaf: Leaf, now: dt.datetime) -> Q:
    text = Coalesce(
        KeyTextTransform(leaf.params["key"], "attributes"), Value(""), output_field=TextField()
    )
    return compared(leaf, lambda op, value: Q(_TEXT_LOOKUPS[op](text, value)))


def _active_days(leaf: Leaf, now: dt.datetime) -> QuerySet[CustomerActivity]:
    today = timezone.localtime(now).date()
    return CustomerActivity.objects.filter(
        date__gt=today - dt.timedelta(days=leaf.params["days"]), count__gt=0
    )


def _has_due(now: dt.datetime) -> Q:
    return exists(FollowUp.objects.filter(next_at__lte=now, done_at__isnull=True)) | exists(
        FollowUpTask.objects.filter(due_at__lte=now, status=TaskStatus.OPEN)
    )


def _of_kind(leaf: Leaf, now: dt.datetime) -> QuerySet[Project]:
    return Project.objects.filter(**leaf.params)
