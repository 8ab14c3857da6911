"""Cameras that nobody mapped: where a town of some kind would have them, and what they add to the risk of every way.

Data flows down the page: ``towns`` (how many cameras, of which groups) and ``sites`` (doors, façades, ``yards``,
stations, shops, streets) say where they may hang, ``counts`` how many of them nobody mapped; ``risk`` looks out of them
as :mod:`routing.hazard` does out of mapped ones. Building an area comes here, planning never does.
"""
