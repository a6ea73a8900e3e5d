"""The customers' room: who may come in at which door."""

from config.api.keys import Scope
from tests.permissions.rule import ADMINS, EVERYONE, TEAM, Doors, Rule

READ, WRITE = Scope.CUSTOMERS_READ.value, Scope.CUSTOMERS_WRITE.value
# None of the three is deleted, so whoever may ask is told that there is none such.
NONE_DELETED = {
    (who, which): "404" for who in ("admin", "key") for which in ("own", "bound", "foreign")
}
# Bound to a customer is not yet responsible for them.
OWNERS_ONLY = {("staff", "bound"): "403"}


def customers() -> Doors:
    one = "api/v1/customers/<id:pk>"
    return {
        ("GET", "api/v1/customers"): Rule(EVERYONE, READ, lists="customer"),
        ("POST", "api/v1/customers"): Rule(TEAM, WRITE, body=lambda w: {"name": "新客户"}),
        ("GET", one): Rule(EVERYONE, READ, "customer"),
        ("PUT", one): Rule(TEAM, WRITE, "customer", body=lambda w: {"name": "新名字"}),
        ("PATCH", one): Rule(TEAM, WRITE, "customer", body=lambda w: {"company": "新公司"}),
        ("DELETE", one): Rule(TEAM, WRITE, "customer", but=OWNERS_ONLY),
        ("POST", f"{one}/tags"): Rule(
            TEAM, WRITE, "customer", body=lambda w: {"tag_ids": [w.tag.pk]}
        ),
        ("DELETE", f"{one}/tags/<id:tag_id>"): Rule(
            TEAM, WRITE, "customer", more={"tag_id": "tag"}
        ),
        ("POST", f"{one}/assign"): Rule(
            TEAM, WRITE, "customer", body=lambda w: {"user": "lisi"}, but=OWNERS_ONLY
        ),
        ("POST", f"{one}/block"): Rule(TEAM, WRITE, "customer", body=lambda w: {"reason": "骚扰"}),
        ("POST", f"{one}/unblock"): Rule(TEAM, WRITE, "customer"),
        ("POST", f"{one}/restore"): Rule(ADMINS, WRITE, "customer", but=NONE_DELETED),
        ("GET", f"{one}/identifiers"): Rule(TEAM, READ, "customer"),
        ("PUT", f"{one}/identifiers"): Rule(TEAM, WRITE, "customer"),
        ("GET", f"{one}/follow-ups"): Rule(TEAM, READ, "customer"),
        ("POST", f"{one}/follow-ups"): Rule(
            TEAM, WRITE, "customer", body=lambda w: {"content": "电话回访"}
        ),
        ("POST", "api/v1/follow-ups/<id:pk>/done"): Rule(TEAM, WRITE, "follow_up"),
    }


def projects() -> Doors:
    one = "api/projects/<id:pk>"
    return {
        ("GET", "api/projects"): Rule(EVERYONE, READ, lists="project"),
        ("POST", "api/projects"): Rule(TEAM, WRITE),
        ("GET", one): Rule(EVERYONE, READ, "project"),
        ("PATCH", one): Rule(TEAM, WRITE, "project", body=lambda w: {"name": "新项目"}),
        ("POST", f"{one}/transition"): Rule(
            TEAM, WRITE, "project", body=lambda w: {"stage": "insale"}
        ),
        ("POST", f"{one}/engineer"): Rule(
            TEAM, WRITE, "project", body=lambda w: {"engineer": "wangwu"}
        ),
        ("POST", f"{one}/notes"): Rule(TEAM, WRITE, "project", body=lambda w: {"content": "好"}),
        ("GET", f"{one}/events"): Rule(TEAM, READ, "project"),
        ("GET", "api/admin/reports/sales"): Rule(ADMINS),
    }


def tags() -> Doors:
    tag, group = "api/v1/tags/<id:pk>", "api/v1/tag-groups/<id:pk>"
    rule = "api/v1/tag-rules/<id:pk>"
    return {
        ("GET", "api/v1/tags"): Rule(TEAM, READ),
        ("POST", "api/v1/tags"): Rule(TEAM, WRITE, body=lambda w: {"name": "新标签"}),
        ("GET", tag): Rule(TEAM, READ, "tag"),
        ("PATCH", tag): Rule(TEAM, WRITE, "tag", body=lambda w: {"name": "改名"}),
        # A tag that customers carry is an administrator's to delete.
        ("DELETE", tag): Rule(TEAM, WRITE, "tag", but=_all_of("staff", "409")),
        ("GET", "api/v1/tag-groups"): Rule(TEAM, READ),
        ("POST", "api/v1/tag-groups"): Rule(TEAM, WRITE, body=lambda w: {"name": "新组"}),
        ("GET", group): Rule(TEAM, READ, "tag_group"),
        ("PATCH", group): Rule(TEAM, WRITE, "tag_group", body=lambda w: {"name": "改名"}),
        ("DELETE", group): Rule(TEAM, WRITE, "tag_group", but=_all_of("staff", "409")),
        ("GET", "api/v1/tag-rules"): Rule(TEAM, READ),
        ("POST", "api/v1/tag-rules"): Rule(ADMINS, WRITE),
        ("GET", rule): Rule(TEAM, READ, "rule"),
        ("PUT", rule): Rule(ADMINS, WRITE, "rule"),
        ("PATCH", rule): Rule(ADMINS, WRITE, "rule", body=lambda w: {"name": "改名"}),
        ("DELETE", rule): Rule(ADMINS, WRITE, "rule"),
        ("POST", f"{rule}/preview"): Rule(ADMINS, READ, "rule"),
        ("POST", f"{rule}/run"): Rule(ADMINS, WRITE, "rule"),
    }


def segments() -> Doors:
    one = "api/v1/segments/<id:pk>"
    # A colleague's shared one is there to be used, not to be changed.
    read_only = {("staff", "bound"): "403"}
    return {
        ("GET", "api/v1/segments"): Rule(TEAM, READ, lists="segment"),
        ("POST", "api/v1/segments"): Rule(TEAM, WRITE),
        ("GET", "api/v1/segments/fields"): Rule(TEAM, READ),
        ("POST", "api/v1/segments/preview"): Rule(TEAM, READ),
        ("GET", one): Rule(TEAM, READ, "segment"),
        ("PUT", one): Rule(
            TEAM,
            WRITE,
            "segment",
            body=lambda w: {"name": "改名", "conditions": {"all": []}},
            but=read_only,
        ),
        ("PATCH", one): Rule(
            TEAM, WRITE, "segment", body=lambda w: {"name": "改名"}, but=read_only
        ),
        ("DELETE", one): Rule(TEAM, WRITE, "segment", but=read_only),
        ("GET", f"{one}/count"): Rule(TEAM, READ, "segment"),
        ("GET", f"{one}/customers"): Rule(TEAM, READ, "segment"),
    }


def profiles_and_risks() -> Doors:
    one = "api/v1/customers/<id:customer_id>"
    return {
        ("GET", f"{one}/profile"): Rule(TEAM, READ, "customer"),
        ("GET", f"{one}/timeline"): Rule(TEAM, READ, "customer"),
        ("GET", f"{one}/risk"): Rule(TEAM, READ, "customer"),
        ("GET", "api/v1/customers/risks"): Rule(TEAM, READ),
        ("GET", "api/v1/risks/accuracy"): Rule(ADMINS, READ),
        ("POST", "api/v1/risks/<id:warning_id>/settle"): Rule(
            TEAM, WRITE, "warning", body=lambda w: {"outcome": "saved"}
        ),
        ("GET", "api/v1/statistics/customers"): Rule(TEAM, READ),
    }


def follow_ups() -> Doors:
    plan, customer = "api/v1/follow-up-plans/<id:pk>", "api/v1/customers/<id:pk>/plans"
    return {
        ("GET", "api/v1/follow-up-plans"): Rule(TEAM, READ),
        ("POST", "api/v1/follow-up-plans"): Rule(ADMINS, WRITE),
        ("GET", plan): Rule(TEAM, READ, "plan"),
        ("PUT", plan): Rule(ADMINS, WRITE, "plan"),
        ("PATCH", plan): Rule(ADMINS, WRITE, "plan", body=lambda w: {"name": "改名"}),
        ("DELETE", plan): Rule(ADMINS, WRITE, "plan"),
        ("GET", customer): Rule(TEAM, READ, "customer"),
        ("POST", customer): Rule(
            TEAM, WRITE, "customer", body=lambda w: {"plan_id": w.ids["plan"]["own"]}
        ),
        ("POST", f"{customer}/<id:enrollment_id>/stop"): Rule(
            TEAM, WRITE, "customer", more={"enrollment_id": "enrollment"}
        ),
        ("GET", "api/v1/follow-up-tasks"): Rule(TEAM, READ, lists="task"),
        ("POST", "api/v1/follow-up-tasks/<id:pk>/done"): Rule(TEAM, WRITE, "task"),
    }


def handovers() -> Doors:
    one = "api/v1/handovers/<id:pk>"
    return {
        ("POST", "api/v1/customers/transfer"): Rule(TEAM, WRITE),
        ("GET", "api/v1/handovers"): Rule(ADMINS, READ),
        ("POST", "api/v1/handovers"): Rule(ADMINS, WRITE),
        ("GET", one): Rule(ADMINS, READ, "handover"),
        ("GET", f"{one}/items"): Rule(ADMINS, READ, "handover"),
        ("POST", f"{one}/start"): Rule(ADMINS, WRITE, "handover"),
    }


def tables() -> Doors:
    one = "api/v1/customers/imports/<public_id:import_id>"
    return {
        ("GET", "api/v1/customers/export"): Rule(TEAM, READ),
        ("POST", "api/v1/customers/import"): Rule(TEAM, WRITE),
        ("GET", "api/v1/customers/imports"): Rule(TEAM, WRITE, lists="import"),
        ("GET", one): Rule(TEAM, WRITE, "import"),
        ("GET", f"{one}/errors"): Rule(TEAM, WRITE, "import"),
    }


def _all_of(who: str, code: str) -> dict[tuple[str, str], str]:
    return {(who, which): code for which in ("own", "bound", "foreign")}


def groups() -> Doors:
    one = "api/v1/groups/<id:pk>"
    return {
        ("GET", "api/v1/groups"): Rule(TEAM, READ, lists="group"),
        ("GET", one): Rule(TEAM, READ, "group"),
        ("GET", f"{one}/members"): Rule(TEAM, READ, "group"),
        ("GET", f"{one}/statistics"): Rule(TEAM, READ, "group"),
        ("POST", f"{one}/tags"): Rule(TEAM, WRITE, "group", body=lambda w: {"tag_ids": [w.tag.pk]}),
        ("DELETE", f"{one}/tags/<id:tag_id>"): Rule(TEAM, WRITE, "group", more={"tag_id": "tag"}),
    }


def privacy() -> Doors:
    one = "api/v1/customers/<id:pk>"
    return {
        # The person themselves, and whoever answers for the company; no program.
        ("GET", f"{one}/personal-data"): Rule(frozenset({"customer", "admin"}), "", "customer"),
        ("POST", f"{one}/erase"): Rule(
            ADMINS, "", "customer", body=lambda w: {"confirm": True, "reason": "本人要求"}
        ),
    }
