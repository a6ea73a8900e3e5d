"""The assistant: understands what customers write, answers, asks, makes tickets, hands over (design.md §6)."""
