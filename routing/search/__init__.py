"""Searches on a walk graph: the path of least cost, and the whole choice between short and unseen."""
