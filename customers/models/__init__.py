"""Customers' tables; one module for each thing."""

from customers.models.customer import Customer, CustomerChannel, CustomerStatus, Gender, RiskLevel
from customers.models.event import CustomerActivity, CustomerEvent, CustomerEventKind
from customers.models.follow_up import (
    EnrollmentStatus,
    FollowUp,
    FollowUpKind,
    FollowUpPlan,
    FollowUpTask,
    PlanEnrollment,
    PlanStep,
    PlanTrigger,
    TaskStatus,
)
from customers.models.follower import Follower, FollowerStatus
from customers.models.group import CustomerGroup, GroupMember, GroupStatus, MemberKind
from customers.models.handover import (
    Handover,
    HandoverItem,
    HandoverReason,
    HandoverState,
    HandoverStatus,
)
from customers.models.identifier import CustomerIdentifier
from customers.models.import_job import CustomerImport, ImportRowError, ImportStatus
from customers.models.merge import MergeCase, MergeReason, MergeStatus
from customers.models.project import Project, ProjectEvent, ProjectStatus, Stage
from customers.models.risk import RiskWarning, WarningOutcome
from customers.models.staff import User
from customers.models.statistic import DailyCustomerStatistic
from customers.models.tag import CustomerTag, Segment, Tag, TagGroup, TagRule, TagSource

__all__ = [
    "Customer",
    "CustomerActivity",
    "CustomerChannel",
    "CustomerEvent",
    "CustomerEventKind",
    "CustomerGroup",
    "CustomerIdentifier",
    "CustomerImport",
    "CustomerStatus",
    "CustomerTag",
    "DailyCustomerStatistic",
    "EnrollmentStatus",
    "FollowUp",
    "FollowUpKind",
    "FollowUpPlan",
    "FollowUpTask",
    "Follower",
    "FollowerStatus",
    "Gender",
    "GroupMember",
    "GroupStatus",
    "Handover",
    "HandoverItem",
    "HandoverReason",
    "HandoverState",
    "HandoverStatus",
    "ImportRowError",
    "ImportStatus",
    "MemberKind",
    "MergeCase",
    "MergeReason",
    "MergeStatus",
    "PlanEnrollment",
    "PlanStep",
    "PlanTrigger",
    "Project",
    "ProjectEvent",
    "ProjectStatus",
    "RiskLevel",
    "RiskWarning",
    "Segment",
    "Stage",
    "Tag",
    "TagGroup",
    "TagRule",
    "TagSource",
    "TaskStatus",
    "User",
    "WarningOutcome",
]
