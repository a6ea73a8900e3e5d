"""`/api/reports`."""
