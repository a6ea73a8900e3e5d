"""Many at once: the same moment for all, and every unforeseen error told."""

import threading
from collections.abc import Callable, Sequence

from django.db import connection

from messaging.sending import pool


def all_at_once(
    acts: Sequence[Callable[[], object]], *, foreseen: type[Exception] | tuple[()] = ()
) -> list[Exception]:
    """Runs each in a thread of its own, all starting together; returns what went wrong unforeseen."""
    unforeseen: list[Exception] = []
    ready = threading.Barrier(len(acts))

    def run(act: Callable[[], object]) -> None:
        try:
            ready.wait()
            act()
        except foreseen:
            pass
        except Exception as error:
            unforeseen.append(error)
        finally:
            pool.close()
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return unforeseen
