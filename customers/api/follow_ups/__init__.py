"""Follow-ups, tasks and plans."""
