"""A customer of the Official Account proves a phone, and becomes one with what we knew."""
