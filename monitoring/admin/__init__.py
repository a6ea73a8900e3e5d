"""The admin's pages of this app."""

from monitoring.admin import cleaned, incidents, jobs

__all__ = ["cleaned", "incidents", "jobs"]
