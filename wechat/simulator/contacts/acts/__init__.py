"""What customers and members do in their clients: it changes the data and tells the company."""
