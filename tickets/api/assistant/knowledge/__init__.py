"""The assistant's knowledge."""
