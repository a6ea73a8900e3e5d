"""Customers without a login: who a browser is, proved by a signed cookie of our own pages."""
