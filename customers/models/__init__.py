"""Customers' tables; one module for each thing."""

from customers.models.customer import Customer, CustomerChannel, CustomerStatus, Gender
from customers.models.identifier import CustomerIdentifier
from customers.models.staff import User

__all__ = ["Customer", "CustomerChannel", "CustomerIdentifier", "CustomerStatus", "Gender", "User"]
