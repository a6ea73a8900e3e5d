"""Each clause of the guarantees, proved against real servers and processes that really die."""
