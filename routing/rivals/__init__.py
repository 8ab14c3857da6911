"""Other programs' ways to dodge cameras, written anew from what is told of them, and the risk that their walks leave.

An area in, a table out. Each method gets the same graph, the same ends and the same cameras, keeps its own idea of what
a camera sees, and its walk is measured as ours are, on its geometry (routing/score.py). Where a method could search by
Sidestep's risk instead of its own idea it has a second row: what remains there is the search's doing alone.
"""

from routing.rivals.comparing import Comparison, Row, compare
from routing.rivals.telling import as_json, as_text

__all__ = ["Comparison", "Row", "as_json", "as_text", "compare"]
