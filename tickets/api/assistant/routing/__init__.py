"""The assistant's routing."""
