"""A fast door for single sends: the plain good request here, everything else through Django.

`POST /api/messages/send` must take 500 callers at once under 100 ms (seed 000); Django and DRF alone
take a third of that. This door knows no rule of its own: what it does not recognise at a glance,
or cannot accept, it hands to the view, which answers as it always does.
"""
