"""What the internal group is shown of a ticket (seed 001, scene 1)."""
