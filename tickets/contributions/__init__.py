"""What tickets add to the rooms below: profile, timeline, risk, conditions, hand-over, privacy."""


def register() -> None:
    """Called from `TicketsConfig.ready()`."""
    from customers import visibility
    from customers.projects import attached
    from tickets.contributions import (
        activity,
        audit,
        chats,
        conditions,
        first_page,
        handover,
        merging,
        permission_groups,
        personal_data,
        profile,
        risk,
    )
    from tickets.contributions.projects import tickets_of_projects
    from tickets.visibility import customers_of_assignee

    visibility.register_binding(customers_of_assignee)
    attached.register_tickets(tickets_of_projects)
    handover.register()
    merging.register()
    personal_data.register()
    activity.subscribe_to_tickets()
    profile.register()
    conditions.register()
    risk.register()
    chats.register()
    first_page.register()
    audit.register()
    permission_groups.register()
