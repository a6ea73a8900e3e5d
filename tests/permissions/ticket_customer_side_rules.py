"""The customer's side of tickets: links are the team's to give, the pages are open."""

from config.api.keys import Scope
from tests.permissions.rule import TEAM, Doors, Open, Rule

LINK = Open("a signed link")
FORM = Open("a form for everybody; what it makes, a code sent to the phone proves")


def secure_links() -> Doors:
    one, write = "api/tickets/<id:pk>/secure-link", Scope.TICKETS_WRITE.value
    return {
        ("POST", one): Rule(TEAM, write, "ticket"),
        ("POST", f"{one}/revoke"): Rule(TEAM, write, "ticket"),
    }


def pages() -> dict[tuple[str, str], Open]:
    link = "t/<str:token>"
    return {
        ("GET", "submit/"): FORM,
        ("POST", "submit/"): FORM,
        ("GET", link): LINK,
        ("GET", f"{link}/files/<id:file_id>"): LINK,
        **{
            (method, f"{link}/{act}"): LINK
            for method in ("GET", "POST")
            for act in ("reply", "rate", "reopen")
        },
    }
