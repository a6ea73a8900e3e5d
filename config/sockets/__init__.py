"""WebSockets: who is there, and what every consumer has in common (contract.md §7)."""
