"""The assistant's learning."""
