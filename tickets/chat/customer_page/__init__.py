"""`/chat/`: the customer's page, and who they are there."""
