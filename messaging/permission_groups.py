"""What the groups may do with messages, templates and channels."""

from customers.permission_groups.registry import StaffGroup, grant, on

SUPERVISOR = (
    on("messaging.message", "view", "change")
    | on("messaging.messageattempt", "view")
    | on("messaging.messagetemplate", "view")
    | on("messaging.templateversion", "view")
)
OPERATIONS = (
    SUPERVISOR
    | on("messaging.messagebatch", "view", "add", "change")
    | on("messaging.messagetemplate", "view", "add", "change")
    | on("messaging.channelaccount", "view")
    | on("messaging.channelcircuit", "view")
    | on("messaging.optout")
)


def register() -> None:
    grant(StaffGroup.SUPERVISOR, SUPERVISOR)
    grant(StaffGroup.OPERATIONS, OPERATIONS)
