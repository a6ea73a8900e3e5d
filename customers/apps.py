"""Customers and staff: who people are, and who may see whom."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CustomersConfig(AppConfig):
    name = "customers"
    verbose_name = _("客户")

    def ready(self) -> None:
        from django.db.models.signals import post_migrate

        from config.events.subscribers import subscribe
        from customers import audit, dashboard, runtime_settings
        from customers.actions.handover import belongings
        from customers.conditions import own_fields
        from customers.merging import registration as merging
        from customers.permission_groups import own as permission_groups
        from customers.permission_groups.sync import after_migrate
        from customers.personal_data import own as personal_data
        from customers.queries.profile import register_own_parts
        from customers.queries.timeline import register_own_sources
        from customers.risk import register_own_signals
        from customers.risk.triggers import subscribe_to_changes
        from customers.tasks import plans

        runtime_settings.register()
        dashboard.register()
        audit.register()
        permission_groups.register()
        post_migrate.connect(after_migrate, dispatch_uid="permission-groups")
        register_own_parts()
        register_own_sources()
        register_own_signals()
        subscribe_to_changes()
        belongings.register()
        subscribe("customer.group.joined", "customers.tasks.activity.hear_group_join")
        subscribe("customer.follower.added", "customers.tasks.handovers.hear_follower_added")
        subscribe("customer.transfer.failed", "customers.tasks.handovers.hear_transfer_failed")
        merging.register()
        own_fields.register()
        personal_data.register()
        plans.listen()
        for changes in ("customer.#", "project.#", "ticket.#"):
            subscribe(changes, "customers.tasks.segments.evaluate_customer")
