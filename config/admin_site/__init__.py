"""The operators' admin as a site: who gets in, what all its lists and forms have in common."""
