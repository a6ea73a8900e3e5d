"""Projects: presale → insale → aftersale (seed 000, contract.md §3)."""
