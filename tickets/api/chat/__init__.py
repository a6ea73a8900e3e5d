"""Live chat's calls (contract.md §6), area by area."""
