"""A mail server that accepts mail for anybody and delivers it to the outbox."""
