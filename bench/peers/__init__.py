"""Other ways to do the same work, each as its authors advise; one file a peer.

They run in a virtual environment of their own (`bench/requirements.txt`).
"""
