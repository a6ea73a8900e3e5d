"""The desk's tools, search, history and reports of tickets: who may come in at which door."""

from config.api.keys import Scope
from tests.permissions.rule import ADMINS, EVERYONE, TEAM, Doors, Rule

READ, WRITE = Scope.TICKETS_READ.value, Scope.TICKETS_WRITE.value
# What the team shares is there to be used, not to be changed.
READ_ONLY = {("staff", "bound"): "403"}


def tools() -> Doors:
    reply, view = "api/canned-replies/<id:pk>", "api/ticket-views/<id:pk>"
    return {
        ("GET", "api/search"): Rule(TEAM),
        ("GET", "api/canned-replies"): Rule(TEAM, READ, lists="canned_reply"),
        ("POST", "api/canned-replies"): Rule(TEAM, WRITE),
        ("GET", reply): Rule(TEAM, READ, "canned_reply"),
        ("PATCH", reply): Rule(
            TEAM, WRITE, "canned_reply", body=lambda w: {"title": "新"}, but=READ_ONLY
        ),
        ("DELETE", reply): Rule(TEAM, WRITE, "canned_reply", but=READ_ONLY),
        ("POST", f"{reply}/render"): Rule(
            TEAM,
            WRITE,
            "canned_reply",
            body=lambda w: {"ticket_id": w.ids["ticket"]["own"]},
        ),
        ("GET", "api/ticket-views"): Rule(TEAM, READ, lists="ticket_view"),
        ("POST", "api/ticket-views"): Rule(TEAM),
        ("GET", view): Rule(TEAM, READ, "ticket_view"),
        ("PATCH", view): Rule(
            TEAM, WRITE, "ticket_view", body=lambda w: {"name": "新"}, but=READ_ONLY
        ),
        ("DELETE", view): Rule(TEAM, WRITE, "ticket_view", but=READ_ONLY),
        ("GET", "api/custom-fields"): Rule(TEAM, READ),
    }


def checklists() -> Doors:
    one = "api/tickets/<id:pk>/checklist"
    item, more = f"{one}/<id:item_id>", {"item_id": "checklist_item"}
    return {
        ("GET", "api/checklist-templates"): Rule(TEAM, READ),
        ("GET", one): Rule(TEAM, READ, "ticket"),
        ("POST", one): Rule(TEAM, WRITE, "ticket", body=lambda w: {"text": "再看一遍"}),
        ("PATCH", item): Rule(TEAM, WRITE, "ticket", more=more, body=lambda w: {"done": True}),
        ("DELETE", item): Rule(TEAM, WRITE, "ticket", more=more),
    }


def history() -> Doors:
    return {
        ("GET", "api/tickets/similar"): Rule(EVERYONE, READ),
        ("GET", "api/tickets/<id:pk>/similar"): Rule(EVERYONE, READ, "ticket"),
        ("GET", "api/tickets/<id:pk>/times"): Rule(TEAM, READ, "ticket"),
        ("GET", "api/tickets/statistics"): Rule(ADMINS, READ),
        ("GET", "api/customers/<id:customer_id>/tickets/report"): Rule(TEAM, READ, "customer"),
    }
