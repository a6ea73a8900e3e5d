"""The Official Account: its callbacks, followers, menu, QR codes."""
