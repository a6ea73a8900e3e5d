"""Runtime configuration in the operators' admin."""

from config.runtime.admin import settings  # noqa: F401  (it registers itself)
