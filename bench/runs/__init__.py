"""What is measured, one file each; every `measure` returns what `bench/report.py` shows."""
