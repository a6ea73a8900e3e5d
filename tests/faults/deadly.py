"""What makes a worker stumble or die, for workers that are started with `-I tests.faults.deadly`.

In such a worker the group robot's channel obeys the words of a message: `raise-in-rendering`,
`raise-in-sending`, `kill-the-worker`.
"""

import os
import signal
from pathlib import Path
from typing import Any

from celery import shared_task

from messaging.channels import registry
from messaging.channels.base import Content, Outbound, Result

RENDERING, SENDING, KILLING = "raise-in-rendering", "raise-in-sending", "kill-the-worker"
DEATHS = "FAULTS_DEATHS"


class Unforeseen(Exception):
    """What nobody thought of."""


def _die(what: str) -> None:
    """Leaves a line for each death, then dies as by the kernel's hand."""
    with Path(os.environ[DEATHS]).open("a") as deaths:
        deaths.write(f"{what}\n")
    os.kill(os.getpid(), signal.SIGKILL)


@shared_task(name="tests.faults.deadly.task")
def deadly_task(name: str) -> None:
    """Kills its worker each time."""
    _die(name)


@shared_task(name="tests.faults.deadly.harmless")
def harmless_task(name: str) -> None:
    """Leaves a line in the same file."""
    with Path(os.environ[DEATHS]).open("a") as lines:
        lines.write(f"{name}\n")


def _arm() -> None:
    channel: Any = registry.get("GROUP_BOT")
    compose, send = channel.compose, channel.send

    def compose_or_raise(content: Content) -> dict[str, Any]:
        if RENDERING in content.body:
            raise Unforeseen(RENDERING)
        made: dict[str, Any] = compose(content)
        return made

    async def send_or_die(outbound: Outbound, http: Any) -> Result:
        words = str(outbound.payload)
        if SENDING in words:
            raise Unforeseen(SENDING)
        if KILLING in words:
            _die(outbound.message_id)
        sent: Result = await send(outbound, http)
        return sent

    channel.compose, channel.send = compose_or_raise, send_or_die


if DEATHS in os.environ:
    _arm()
