"""The garbage collector in long-lived processes: what was loaded at the start is never looked at again.

A collection walks over every object of Django's and ours, and a sending loop makes enough short-lived
ones to start several a second: a tenth of its time (measured with 100 MB loaded).
"""

import gc

# Allocations before the youngest objects are looked at; Python's own 700 suits a small heap.
YOUNG = 20_000


def settle() -> None:
    """Called once all code is loaded, in each process after it was forked."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 20, 20)
