"""Who may come in at which door: official."""

from tests.permissions.rule import Doors, Open

DOORS: Doors = {}
OPEN: dict[tuple[str, str], Open] = {
    ("GET", "api/wechat/mp-message"): Open("signed by the platform"),
    ("POST", "api/wechat/mp-message"): Open("signed by the platform"),
    ("GET", "wechat/oauth/start"): Open("the login itself"),
    ("GET", "wechat/oauth/callback"): Open("the login itself"),
}
