"""WeChat customer service in the team's console."""
