"""Personal data on request (PIPL)."""
