"""Who may come in at which door: wecom."""

from tests.permissions.rule import ADMINS, TEAM, Doors, Open, Rule

# Without its fields each is a 400 to whoever may ask.
DOORS: Doors = {
    ("GET", "api/wechat/sidebar-data"): Rule(TEAM, "customers:read"),
    ("GET", "api/wechat/js-sdk"): Rule(TEAM),
    ("POST", "api/wechat/sidebar-send"): Rule(TEAM),
    ("POST", "api/wechat/sidebar-read"): Rule(TEAM),
    ("POST", "api/wechat/group-bot-notify"): Rule(ADMINS, "messages:send"),
}
OPEN: dict[tuple[str, str], Open] = {
    ("GET", "sidebar/"): Open("sends strangers to WeCom's login, refuses customers"),
    ("GET", "sidebar/login"): Open("by the code of the platform, once, and this browser's state"),
}
