"""What beat starts is known to a worker that has just begun."""

import os
import subprocess
import sys

# In a process of its own: here, other tests have imported what a worker might not.
_LOOK = """
import django
django.setup()
from config.schedule import timetable
from config.celery import app
app.loader.import_default_modules()
rooms = [room for name, room in vars(timetable).items() if name.isupper() and isinstance(room, dict)]
wanted = {entry["task"] for room in rooms for entry in room.values() if "task" in entry}
assert len(wanted) > 20, wanted
print(*sorted(wanted - set(app.tasks)))
"""


def test_a_new_worker_knows_every_task_of_the_timetable():
    done = subprocess.run(
        [sys.executable, "-c", _LOOK],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == []
