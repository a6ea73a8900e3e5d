"""The customers' room: who may come in at which door."""

from config.api.keys import Scope
from tests.permissions.rule import ADMINS, EVERYONE, TEAM, Doors, Rule

READ, WRITE = Scope.CUSTOMERS_READ.value, Scope.CUSTOMERS_WRITE.value
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
            TEAM, WRITE, "customer", more=lambda w: {"tag_id": w.tag.pk}
        ),
        ("POST", f"{one}/assign"): Rule(
            TEAM, WRITE, "customer", body=lambda w: {"user": "lisi"}, but=OWNERS_ONLY
        ),
        ("POST", f"{one}/block"): Rule(TEAM, WRITE, "customer", body=lambda w: {"reason": "骚扰"}),
        ("POST", f"{one}/unblock"): Rule(TEAM, WRITE, "customer"),
        # They are deleted for nobody here, so whoever may ask is told that there is none such.
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
