"""What the company knows: finding articles, counting hits, collecting gaps."""
