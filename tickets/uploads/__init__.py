"""Files of strangers: looked at, stored, and handed out, the same for tickets and chats."""
