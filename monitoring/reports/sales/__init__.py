"""New customers, projects, follow-ups, tasks, customers at risk."""
