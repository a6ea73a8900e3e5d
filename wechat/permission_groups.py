"""What the groups may do with the WeChat entries."""

from customers.permission_groups.registry import StaffGroup, grant, on

OPERATIONS = (
    on("wechat.contactway", "view", "add", "change")
    | on("wechat.welcome", "view")
    | on("wechat.officialfollower", "view")
    | on("wechat.officialqrcode", "view", "add", "change")
    | on("wechat.kfaccount", "view")
    | on("wechat.kfcustomer", "view")
    | on("wechat.syncrun", "view", "add")
    | on("wechat.syncjob", "view", "change")
)


def register() -> None:
    grant(StaffGroup.OPERATIONS, OPERATIONS)
