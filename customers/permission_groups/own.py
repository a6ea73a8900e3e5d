"""What the groups may do with customers, projects, tags and staff."""

from customers.permission_groups.registry import StaffGroup, grant, on

# What somebody needs who talks to customers; also what a member of staff without a group may do.
AGENT = (
    on("customers.customer", "view", "add", "change")
    | on("customers.customerimport", "view", "add")
    | on("customers.segment")
    | on("customers.riskwarning", "view", "change")
    | on("customers.dailycustomerstatistic", "view")
    | on("customers.project", "view", "add", "change")
    | on("customers.projectevent", "view")
    | on("customers.followuptask", "view", "change")
    | on("customers.followupplan", "view")
    | on("customers.planstep", "view")
    | on("customers.customergroup", "view", "change")
    | on("customers.tag")
    | on("customers.taggroup", "view", "add", "change")
    | {"customers.view_phone"}
)
SUPERVISOR = (
    AGENT
    | on("customers.taggroup")
    | on("customers.tagrule", "view")
    | on("customers.followupplan")
    | on("customers.planstep")
    | on("customers.mergecase", "view", "change")
    | on("customers.handover", "view", "add")
)
OPERATIONS = (
    on("customers.customer", "view")
    | on("customers.segment")
    | on("customers.tag")
    | on("customers.taggroup")
    | on("customers.tagrule")
    | on("customers.followupplan")
    | on("customers.planstep")
    | on("customers.riskwarning", "view")
    | on("customers.dailycustomerstatistic", "view")
    | on("customers.customergroup", "view", "change")
    | on("customers.project", "view")
    | on("customers.projectevent", "view")
    | {"customers.reveal_phone"}
)


def register() -> None:
    grant(StaffGroup.AGENT, AGENT)
    grant(StaffGroup.SUPERVISOR, SUPERVISOR)
    grant(StaffGroup.OPERATIONS, OPERATIONS)
    # Who did what: for those who answer for it.
    grant(StaffGroup.ADMINISTRATOR, {"admin.view_logentry"})
