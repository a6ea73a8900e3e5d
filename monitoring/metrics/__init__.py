"""`/metrics`: what the rooms measure, as Prometheus reads it.

Everything comes from the database, Redis and the broker, so each process tells the same.
"""
