"""Tickets: what customers need done, by whom, until when."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TicketsConfig(AppConfig):
    name = "tickets"
    verbose_name = _("工单")

    def ready(self) -> None:
        from customers import visibility
        from customers.projects import attached
        from tickets import (
            conditions,
            customer_activity,
            customer_profile,
            customer_risk,
            daily_counts,
            handover,
            personal_data,
            runtime_settings,
        )
        from tickets.queries.projects import tickets_of_projects
        from tickets.visibility import customers_of_assignee

        visibility.register_binding(customers_of_assignee)
        attached.register_tickets(tickets_of_projects)
        handover.register()
        runtime_settings.register()
        personal_data.register()
        daily_counts.register_variables()
        customer_activity.subscribe_to_tickets()
        customer_profile.register()
        conditions.register()
        customer_risk.register()
