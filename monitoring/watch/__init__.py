"""The system watches itself: conditions become incidents, each raises one alert, and says when it is over.

`rounds.py` is one look at everything; a job, the relay and the web processes each take their turn,
so whichever of them dies, another notices.
"""
