"""Who gets which chat: the queue, the choice, and why."""
