"""What hangs on a ticket: who may come in at which door."""

from config.api.keys import Scope
from tests.permissions.rule import EVERYONE, TEAM, Doors, Rule

READ, WRITE = Scope.TICKETS_READ.value, Scope.TICKETS_WRITE.value


def relations() -> Doors:
    one = "api/tickets/<id:pk>"
    # Theirs is not to take away what a colleague put there.
    not_uploaders = {
        ("customer", "own"): "403", ("staff", "own"): "403", ("staff", "bound"): "403",
    }  # fmt: skip
    return {
        ("POST", f"{one}/wait"): Rule(TEAM, WRITE, "ticket"),
        ("POST", f"{one}/resume"): Rule(TEAM, WRITE, "ticket"),
        ("POST", f"{one}/merge"): Rule(TEAM, WRITE, "ticket", body=lambda w: {"into": 10**9}),
        ("GET", f"{one}/links"): Rule(TEAM, READ, "ticket"),
        ("POST", f"{one}/links"): Rule(TEAM, WRITE, "ticket", body=lambda w: {"ticket_id": 10**9}),
        ("DELETE", f"{one}/links"): Rule(
            TEAM, WRITE, "ticket", body=lambda w: {"ticket_id": 10**9}
        ),
        ("POST", f"{one}/watch"): Rule(TEAM, WRITE, "ticket"),
        ("DELETE", f"{one}/watch"): Rule(TEAM, WRITE, "ticket"),
        ("GET", f"{one}/watchers"): Rule(TEAM, READ, "ticket"),
        # The ticket's customer, and no program in their name.
        ("POST", f"{one}/rate"): Rule(
            frozenset({"customer"}), "", "ticket", body=lambda w: {"score": 5}
        ),
        ("GET", f"{one}/ratings"): Rule(EVERYONE, READ, "ticket"),
        ("GET", f"{one}/attachments"): Rule(EVERYONE, READ, "ticket"),
        # JSON is none of its languages, whoever comes in gets a 415.
        ("POST", f"{one}/attachments"): Rule(EVERYONE, WRITE, "any ticket"),
        ("GET", f"{one}/attachments/<id:attachment_id>"): Rule(
            EVERYONE, READ, "ticket", more={"attachment_id": "attachment"}
        ),
        ("DELETE", f"{one}/attachments/<id:attachment_id>"): Rule(
            EVERYONE, WRITE, "ticket", more={"attachment_id": "attachment"}, but=not_uploaders
        ),
    }
