"""Live chat's pages."""

from tests.permissions.rule import Doors, Open

DOORS: Doors = {}
START = Open("who asks is nobody yet; a phone's record opens to its code alone")
OPEN: dict[tuple[str, str], Open] = {
    ("GET", "chat/"): START,
    ("GET", "chat/tickets/<id:pk>"): Open("the visitor's cookie; only their own tickets"),
    **{
        (method, f"chat/{act}"): START
        for method in ("GET", "POST")
        for act in ("start", "phone", "leave")
    },
}
SOCKETS: dict[str, frozenset[str]] = {}
