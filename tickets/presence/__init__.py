"""Who is there to take work."""
