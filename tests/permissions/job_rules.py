"""Scheduled jobs: administrators alone."""

from tests.permissions.rule import ADMINS, Doors, Rule

_ONE = "api/monitor/jobs/<str:job>"
DOORS: Doors = {
    ("GET", "api/monitor/jobs"): Rule(ADMINS),
    ("GET", f"{_ONE}/runs"): Rule(ADMINS, kind="job"),
    ("POST", f"{_ONE}/run"): Rule(ADMINS, kind="job"),
    ("POST", f"{_ONE}/pause"): Rule(ADMINS, kind="job", body=lambda w: {"reason": "维护"}),
    ("POST", f"{_ONE}/resume"): Rule(ADMINS, kind="job"),
}
