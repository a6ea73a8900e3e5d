"""What the group is told."""
