"""Where Django looks for this app's tables."""

from monitoring.jobs.models import Job, JobDay, JobRun
from monitoring.retention.models import CleanedTable
from monitoring.watch.models import Incident, Severity

__all__ = ["CleanedTable", "Incident", "Job", "JobDay", "JobRun", "Severity"]
