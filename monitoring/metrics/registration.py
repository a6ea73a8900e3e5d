"""What `/metrics` tells besides what other rooms register."""

from monitoring.metrics import business, system


def register() -> None:
    system.register()
    business.register()
