"""How long runs and days of jobs are kept."""

from config import retention
from config.retention import Table, numbered
from monitoring.jobs.models import JobDay, JobRun, RunStatus


def register() -> None:
    runs = JobRun.objects.exclude(status=RunStatus.RUNNING)
    retention.register(Table("job_runs", "任务运行记录", 30, 7, numbered(runs, "started_at")))
    days = numbered(JobDay.objects.all(), "date")
    retention.register(Table("job_days", "任务每日统计", 400, 30, days))
