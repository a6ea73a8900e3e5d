"""The assistant's calls."""
