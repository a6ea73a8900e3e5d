"""Every door of live chat, from outside."""
