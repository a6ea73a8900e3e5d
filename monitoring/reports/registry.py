"""Which reports there are, and who may read them: asked by every door."""

from config.errors import NotFoundError
from customers.actors import Actor
from monitoring.reports.definition import Report
from monitoring.reports.messages.report import MESSAGES
from monitoring.reports.sales.report import SALES
from monitoring.reports.service.report import SERVICE
from monitoring.reports.tickets.report import TICKETS

REPORTS = (SALES, TICKETS, SERVICE, MESSAGES)


def reports_for(actor: Actor) -> list[Report]:
    return [report for report in REPORTS if actor.role in report.roles]


def report_for(name: str, actor: Actor) -> Report:
    """Raises `NotFoundError`, also for one that is not this reader's."""
    for report in reports_for(actor):
        if report.name == name:
            return report
    raise NotFoundError(f"没有报表 {name}")
