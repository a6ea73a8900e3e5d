"""Live chat: the queue, the conversation, its entries, and what staff and customers see of it."""
