"""What merging announces at start (called from `CustomersConfig.ready()`)."""

from config.events.subscribers import subscribe
from customers.merging import own


def register() -> None:
    own.register()
    subscribe("customer.merged", "customers.tasks.merging.gather_merged")
    for change in ("customer.created", "customer.updated"):
        subscribe(change, "customers.tasks.merging.match_customer")
