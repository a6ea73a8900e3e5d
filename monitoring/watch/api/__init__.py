"""`/api/monitor/…`: what watching shows over HTTP."""
