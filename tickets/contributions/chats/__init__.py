"""What chats add to the rooms below, as tickets do beside it."""


def register() -> None:
    """Called from `ready()`."""
    from tickets.contributions.chats import activity, conditions, personal_data, profile, risk

    personal_data.register()
    activity.subscribe_to_chats()
    profile.register()
    conditions.register()
    risk.register()
