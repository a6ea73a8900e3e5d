"""Service levels: targets, due times, the ladder of warnings (design.md §5)."""
