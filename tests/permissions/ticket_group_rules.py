"""Reminders: who may come in at which door."""

from tests.permissions.rule import ADMINS, Doors, Rule


def reminders() -> Doors:
    return {("POST", "api/admin/reminders/run"): Rule(ADMINS)}
