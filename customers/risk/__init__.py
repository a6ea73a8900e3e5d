"""How likely it is that a customer is lost: signals with evidence, added up to a score."""


def register_own_signals() -> None:
    """What this room itself knows; called from `CustomersConfig.ready()`."""
    from customers.risk import activity, standing
    from customers.risk.signals import register_signal

    register_signal(standing.standing, standing.LABELS)
    register_signal(standing.relations, {})
    register_signal(activity.activity, activity.LABELS)
