"""Who may come in at which door: binding."""

from tests.permissions.rule import Doors, Open

LINK = Open("a signed link; what is bound, a code sent to the phone proves")
DOORS: Doors = {}
OPEN: dict[tuple[str, str], Open] = {("GET", "bind/"): LINK, ("POST", "bind/"): LINK}
