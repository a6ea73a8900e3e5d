"""Whom a record stands for now."""

from customers.models import Customer


def present_customer(customer: Customer) -> Customer:
    """The customer, or whom they have been merged into since they were read."""
    into = Customer.objects.filter(pk=customer.pk).values_list("merged_into", flat=True).first()
    return customer if into is None else Customer.objects.get(pk=into)
