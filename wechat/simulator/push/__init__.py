"""Push services: a browser's (RFC 8030) that can read what it gets, and JPush's REST API v3."""
