"""Whether we are well: `/healthz` for this process, `/readyz` for every part that it needs."""
