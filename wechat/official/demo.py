"""The demo's Official Account: its menu stands from the first start on."""

from config.events.publish import enqueue

PUBLISH_TASK = "wechat.tasks.official.publish_menu"


def load(password: str) -> None:
    """Has the menu published once there are workers; `password` is nobody's here."""
    enqueue(PUBLISH_TASK, [[]], queue="default")
