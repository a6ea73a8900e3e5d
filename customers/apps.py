"""Customers and staff: who people are, and who may see whom."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CustomersConfig(AppConfig):
    name = "customers"
    verbose_name = _("客户")

    def ready(self) -> None:
        from config.events.subscribers import subscribe
        from customers import runtime_settings
        from customers.actions.handover import belongings
        from customers.conditions import own_fields
        from customers.personal_data import own as personal_data
        from customers.queries.profile import register_own_parts
        from customers.queries.timeline import register_own_sources
        from customers.risk import register_own_signals
        from customers.risk.triggers import subscribe_to_changes
        from customers.tasks import plans

        runtime_settings.register()
        register_own_parts()
        register_own_sources()
        register_own_signals()
        subscribe_to_changes()
        belongings.register()
        subscribe("customer.group.joined", "customers.tasks.activity.hear_group_join")
        subscribe("customer.follower.added", "customers.tasks.handovers.hear_follower_added")
        subscribe("customer.transfer.failed", "customers.tasks.handovers.hear_transfer_failed")
        own_fields.register()
        personal_data.register()
        plans.listen()
        for changes in ("customer.#", "project.#", "ticket.#"):
            subscribe(changes, "customers.tasks.segments.evaluate_customer")
