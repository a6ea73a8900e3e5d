"""What the groups may do with tickets, chats and the assistant."""

from customers.permission_groups.registry import StaffGroup, grant, on

AGENT = (
    on("tickets.ticket", "view", "change")
    | on("tickets.ticketevent", "view")
    | on("tickets.cannedreply")
    | on("tickets.knowledgearticle", "view")
    | on("tickets.knowledgegap", "view")
    | on("tickets.slapolicy", "view")
    | on("tickets.slapolicyversion", "view")
    | on("tickets.slaapplication", "view")
    | on("tickets.slastep", "view")
)
SUPERVISOR = (
    AGENT
    | on("tickets.chat", "view")
    | on("tickets.chatagent", "view", "add", "change")
    | on("tickets.chatgroup")
    | on("tickets.agentprofile", "view", "add", "change")
    | on("tickets.agentskill")
    | on("tickets.agentpresence", "view")
    | on("tickets.dispatchdecision", "view")
    | on("tickets.ticketreminder", "view", "add")
    | on("tickets.ticketrating", "view")
    | on("tickets.slapolicy")
    | on("tickets.checklisttemplate")
    | on("tickets.customfield", "view", "add", "change")
    | on("tickets.savedview", "view", "delete")
    | on("tickets.knowledgearticle")
    | on("tickets.knowledgegap", "view", "change")
    | on("tickets.intentexample", "view")
    | on("tickets.intentmodel", "view")
    | {"tickets.export_ticket"}
)
OPERATIONS = (
    on("tickets.knowledgearticle")
    | on("tickets.knowledgegap", "view", "change")
    | on("tickets.intentexample")
    | on("tickets.intentmodel", "view", "change")
    | on("tickets.cannedreply")
    | on("tickets.ticketrating", "view")
)


def register() -> None:
    grant(StaffGroup.AGENT, AGENT)
    grant(StaffGroup.SUPERVISOR, SUPERVISOR)
    grant(StaffGroup.OPERATIONS, OPERATIONS)
