"""E-mail over SMTP (RFC 5321), bounces as delivery status notifications (RFC 3464)."""
