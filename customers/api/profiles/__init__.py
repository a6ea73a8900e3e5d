"""Profile and timeline."""
