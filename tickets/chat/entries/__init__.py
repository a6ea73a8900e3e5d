"""Where customers write from, and how answers get back there."""
