"""Beat: what runs when, and that two beats start each time once."""
