"""Tickets: what customers need done, by whom, until when."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TicketsConfig(AppConfig):
    name = "tickets"
    verbose_name = _("工单")

    def ready(self) -> None:
        from tickets import contributions, daily_counts, runtime_settings
        from tickets.assistant import registration as assistant
        from tickets.chat import registration as chat
        from tickets.customer_side import registration as customer_side
        from tickets.desk import registration as desk
        from tickets.dispatch import registration as dispatch
        from tickets.group import registration as group
        from tickets.history import registration as history
        from tickets.intake import registration as intake
        from tickets.live import registration as live
        from tickets.presence import registration as presence
        from tickets.relations import registration as relations
        from tickets.reminders import registration as reminders
        from tickets.sla import registration as sla
        from tickets.working_time import registration as working_time

        runtime_settings.register()
        daily_counts.register_variables()
        contributions.register()
        # The staff pages first: somebody looks at them.
        for area in (
            working_time,
            live,
            group,
            dispatch,
            sla,
            reminders,
            customer_side,
            relations,
            history,
            desk,
            presence,
            intake,
            chat,
            assistant,
        ):
            area.register()
