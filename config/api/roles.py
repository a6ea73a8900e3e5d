"""The three roles of contract.md §1."""

from django.db import models


class Role(models.TextChoices):
    CUSTOMER = "customer", "客户"
    STAFF = "staff", "员工"
    ADMIN = "admin", "管理员"
