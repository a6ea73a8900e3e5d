"""What followers send beside words: noted with the callback, fetched by a job, put where it is read."""
