"""What chats tell afterwards: by hour, by agent.

- `figures.py` what each figure means; `scale.py` medians that can be added up
- `counting.py` counting the rows of a span; `rollup.py` keeping whole hours, so that old spans are cheap
- `load.py` a look each minute at how busy everybody is
- `overview.py`, `agents.py` what the page and the API show; `tables.py` the same to take away
"""
