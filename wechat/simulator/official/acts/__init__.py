"""What a follower does, and the callbacks that tell the company of it: `/sandbox/api/official`."""
