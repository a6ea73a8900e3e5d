"""The customers' room in the operators' admin, one module for each thing."""

from customers.admin import accounts, customers, risks  # noqa: F401  (they register themselves)
