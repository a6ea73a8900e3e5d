"""Codes by SMS: whoever types one in holds the phone.

For pages without a login (reporting a problem) and for binding a phone to a WeChat account.
"""
