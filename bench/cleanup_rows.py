"""`python -m bench.cleanup_rows seconds`: the cleanup's slices until all is clean or the time is up.

What it deleted, as JSON.
"""

import json
import os
import sys
import time

import django


def main(most: float) -> None:
    from monitoring.retention.actions import clean_slice
    from monitoring.retention.models import CleanedTable

    started = time.perf_counter()
    slices = 1
    while not clean_slice() and time.perf_counter() - started < most:
        slices += 1
    seconds = time.perf_counter() - started
    deleted = CleanedTable.objects.get(key="messages").deleted
    sys.stdout.write(json.dumps({"deleted": deleted, "seconds": seconds, "slices": slices}))


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    main(float(sys.argv[1]))
