"""What the watch tells the kernel of itself."""

from config.processes import standing
from monitoring.watch import rules, settings
from monitoring.watch.standing import watch


def register() -> None:
    settings.register()
    rules.register_all()
    standing.register("watch", watch)
