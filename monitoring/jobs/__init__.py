"""Scheduled jobs: each entry of the timetable, how it ran, and stopping or starting it by hand."""
