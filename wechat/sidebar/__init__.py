"""The page beside a chat in WeCom: who the customer is, and quick acts."""
