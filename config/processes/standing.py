"""What long-lived processes do besides their own work, in threads of their own.

Not tasks: these have to go on while the broker, beat or the workers are away.
"""

import threading
from collections.abc import Callable

from django.db import connections

from config.logs import get_logger

logger = get_logger(__name__)

# Runs until the event is set.
Piece = Callable[[threading.Event], None]
_pieces: dict[str, Piece] = {}


def register(name: str, piece: Piece) -> None:
    """Called from an app's `ready()`."""
    _pieces[name] = piece


def start(stop: threading.Event) -> list[threading.Thread]:
    """Begins every piece; they end when `stop` is set, or with the process."""
    threads = [
        threading.Thread(target=_guarded, args=(name, piece, stop), name=name, daemon=True)
        for name, piece in _pieces.items()
    ]
    for thread in threads:
        thread.start()
    return threads


def _guarded(name: str, piece: Piece, stop: threading.Event) -> None:
    try:
        piece(stop)
    except Exception:
        logger.exception("standing_work_died", piece=name)
    finally:
        connections.close_all()
