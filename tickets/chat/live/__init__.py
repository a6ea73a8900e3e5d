"""The sockets of both sides, and the numbered feed behind them."""
