"""One turn of a talk: what was asked before, what is wanted now, what is done about it."""
