"""QR codes by which customers add members (渠道活码)."""
