"""Greeting whom a member has just become a friend of, within 20 seconds."""
