"""The processes themselves: how they start, what they do beside their work, that they live."""
