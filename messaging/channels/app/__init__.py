"""Push to apps: Web Push (RFC 8030, 8291, 8292) built in, JPush for native apps."""
