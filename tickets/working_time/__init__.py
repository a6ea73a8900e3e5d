"""Working time by the Chinese calendar and the opening hours (design.md §5)."""
