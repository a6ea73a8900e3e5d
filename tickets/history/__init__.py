"""What past tickets tell: similar ones, processing times, service reports."""
