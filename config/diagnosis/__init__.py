"""What `manage.py doctor` looks at, and the checks that run before anything starts."""

from config.diagnosis.registry import Check, Finding, Level, findings, good, odd, register, wrong

__all__ = ["Check", "Finding", "Level", "findings", "good", "odd", "register", "wrong"]
