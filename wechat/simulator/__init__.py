"""A stand-in of Tencent's WeCom servers, for demos and tests.

Speaks HTTP only, keeps its own tables, shares no code with our client or our cryptography, so it
checks them independently. Served under /sandbox/ while `SANDBOX` is on.
"""
