"""The watch as a thread of the relay and of the web processes: it goes on without beat and workers."""

import threading

from django.db import connection

from config.logs import get_logger
from monitoring.watch import rounds

logger = get_logger(__name__)

EVERY_SECONDS = 15.0
# While something has been seen that may pass.
SOON_SECONDS = 5.0


def watch(stop: threading.Event) -> None:
    """Makes rounds until `stop` is set; no trouble of one round ends it."""
    pause = SOON_SECONDS
    while not stop.wait(pause):
        try:
            is_pending = rounds.take_turn()
        except Exception:
            logger.exception("watch_round_failed")
            is_pending = False
        finally:
            # Kept, it would be one more connection for each process.
            connection.close()
        pause = SOON_SECONDS if is_pending else EVERY_SECONDS
