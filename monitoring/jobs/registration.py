"""What the jobs give to the kernel: the beats' gate, the recording of runs, how long they are kept."""

from config.schedule import slots
from monitoring.jobs import kept, recording
from monitoring.jobs.claims import JobGate


def register() -> None:
    slots.register(JobGate())
    recording.connect()
    kept.register()
