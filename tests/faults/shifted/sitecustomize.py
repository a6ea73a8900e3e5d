"""With this folder in `PYTHONPATH` a Python process lives `FAULTS_CLOCK_SHIFT` seconds away from now."""

import os
from datetime import UTC, datetime, timedelta

import time_machine

shift = timedelta(seconds=float(os.environ.get("FAULTS_CLOCK_SHIFT", "0")))
time_machine.travel(datetime.now(UTC) + shift, tick=True).start()
