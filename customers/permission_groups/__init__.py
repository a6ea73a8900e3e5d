"""The groups that accounts are put into: what each may do in the admin (docs/admin.md)."""
