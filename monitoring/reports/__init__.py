"""Reports for whoever answers for the work: sales, tickets, service quality, messages.

- `definition.py` what a report is made of; `registry.py` which there are, and who may read them
- `asked.py` the span, the one it is compared with, the filters; `choices.py` what filters offer
- `engine.py` one report for one question; `cells.py` a value as people and as files read it
- `api/`, `pages.py` the doors, `drawing.py` its charts on the page
- `sales/`, `tickets/`, `service/`, `messages/` a definition each, and what it counts
"""
