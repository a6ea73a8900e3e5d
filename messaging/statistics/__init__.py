"""How many, how well, how fast: live counters in Redis, daily rows in the database."""
