"""Messages by day, channel and template, why they failed, batches."""
