"""Telling members of staff, by the WeCom app, what happened to their customers."""
