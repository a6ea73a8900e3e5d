"""Who may be lost."""
