"""What happened elsewhere and changes what was promised."""

from typing import Any

from django.db import transaction

from config.logs import get_logger
from tickets.models import SlaPolicy, Ticket
from tickets.sla.applying import locked_open_ticket, recalculated
from tickets.states import OPEN

logger = get_logger(__name__)


def customer_tagged(envelope: dict[str, Any]) -> None:
    """A customer's tags changed: another policy may be that of their open tickets."""
    if not SlaPolicy.objects.filter(tags__isnull=False).exists():
        return
    customer_id = envelope["data"]["customer_id"]
    open_ones = Ticket.objects.filter(customer=customer_id, status__in=OPEN).order_by("pk")
    for ticket_id in list(open_ones.values_list("pk", flat=True)):
        # Recalculating twice changes nothing, so each ticket is a transaction of its own.
        try:
            with transaction.atomic():
                ticket = locked_open_ticket(ticket_id)
                if ticket is not None:
                    recalculated(ticket, "客户标签变化")
        except Exception:
            logger.exception("sla_not_recalculated", ticket=ticket_id)
