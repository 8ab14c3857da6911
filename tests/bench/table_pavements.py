"""Where to compute the hazard of a street whose pavements nobody mapped: run it to see the README's table.

    python tests/bench/table_pavements.py [--extract FILE] [--cameras 1000] [--seed 1]

On a town whose pavements are mapped, the hazard on every piece of them is compared with that on the line of the street
beside it and on both pavements that are computed from the line, for made-up cameras on façades that watch the street
and for cameras above doors.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

import numpy as np
from bench_common import add_extract_option, chosen_extract
from scipy.spatial import cKDTree
from table_ablation import SURE, made_up, read_town

from routing.geo import scale_at
from routing.graph import WAY_CLASSES, Flag
from routing.hazard.hazards import hazards_of, risk_of
from routing.hazard.parameters import model
from routing.hazard.pavements import LEFT, RIGHT, on_pavement
from routing.hazard.samples import runs_of

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from table_ablation import Town

    from routing.hazard.samples import Pieces
    from routing.model import Camera

    Floats = NDArray[np.float64]

STREETS = ("residential", "unclassified", "tertiary", "secondary", "primary", "living_street")
NEAR_M = 15.0  # a pavement is of the street this near that runs its way
ALONG_DEG = 20.0


def matched(town: Town) -> tuple[Pieces, Pieces, Floats]:
    """Pair pieces of mapped pavements with pieces of their streets; gives both, and how far they lie apart, metres."""
    graph, pieces = town.graph, town.lines.pieces
    kind = np.array(WAY_CLASSES)[graph.way_class]
    open_air = (graph.flags & Flag.ENCLOSED) == 0
    pavement = np.flatnonzero(((graph.flags & Flag.BESIDE) != 0)[pieces.line] & open_air[pieces.line])
    street = np.flatnonzero((np.isin(kind, STREETS) & open_air)[pieces.line])
    scale = scale_at(float(pieces.lonlat[:, 1].mean()))
    metres = pieces.lonlat * np.array([float(scale.lon_m), float(scale.lat_m)])
    near_m, at = cKDTree(metres[street]).query(metres[pavement], distance_upper_bound=NEAR_M)
    found = np.isfinite(near_m)
    pavement, street, near_m = pavement[found], street[at[found]], near_m[found]
    cosine = (pieces.heading[pavement] * pieces.heading[street]).sum(axis=1)
    along = np.abs(cosine) > np.cos(np.radians(ALONG_DEG))
    # both ways alike, so that forwards is forwards on either
    turned = np.where(cosine < 0, -1.0, 1.0)[along, None]
    own, other = (_picked(pieces, some[along]) for some in (pavement, street))
    return own, other._replace(heading=other.heading * turned), near_m[along]


def _picked(pieces: Pieces, some: NDArray[np.intp]) -> Pieces:
    """Make a line of its own of each of some pieces."""
    picked = pieces._replace(**{name: getattr(pieces, name)[some] for name in pieces._fields})
    number = np.arange(len(some), dtype=np.int32)
    return picked._replace(line=number, from_m=np.zeros(len(some)), length_m=np.ones(len(some)))


def risk_along(town: Town, pieces: Pieces, cameras: list[Camera]) -> Floats:
    """Give the risk of a metre of each piece, walked either way, float64 [piece]."""
    count = len(pieces.line)
    lines = town.lines._replace(
        pieces=pieces, runs=runs_of(pieces), enclosed=np.zeros(count, dtype=np.bool_),
        levels=np.full((count, 2), np.nan, dtype=np.float32),
    )  # fmt: skip
    found = hazards_of(cameras, lines, town.walls, model().default)
    return risk_of(found, np.full(len(cameras), SURE), count).sum(axis=1)


def above_doors(cameras: list[Camera]) -> list[Camera]:
    """Make entrance cameras of cameras on façades."""
    tags = {"man_made": "surveillance", "surveillance:zone": "entrance", "camera:mount": "wall"}
    return [type(one)(one.id, one.lonlat, tags) for one in cameras]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_extract_option(parser)
    parser.add_argument("--cameras", type=int, default=1000, help="made-up cameras (default: 1000)")
    parser.add_argument("--seed", type=int, default=1, help="of everything that is drawn (default: 1)")
    given = parser.parse_args()
    town = read_town(chosen_extract(given.extract))
    own, line, apart_m = matched(town)
    low, middle, high = np.quantile(apart_m, [0.1, 0.5, 0.9])
    print(f"{len(own.line)} pieces of mapped pavements, {middle:.1f} m from their street ({low:.1f} to {high:.1f} m)")
    sides = [on_pavement(line, side, town.walls) for side in (LEFT, RIGHT)]
    print("| cameras | the line: hazard | correlation | mean of sides: hazard | correlation | unseen from the line |")
    print("|---|---|---|---|---|---|")
    for name, make in (("on façades, watching the street", list), ("above doors", above_doors)):
        cameras = make(made_up(town, given.cameras, np.random.default_rng(given.seed)))
        real, centre, left, right = (risk_along(town, some, cameras) for some in (own, line, *sides))
        mean = (left + right) / 2.0
        missed = float(((real > 1e-6) & (centre <= 1e-6)).sum() / max((real > 1e-6).sum(), 1))
        cells = [
            part
            for other in (centre, mean)
            for part in (f"{real.sum() / other.sum():.2f} times that", f"{np.corrcoef(real, other)[0, 1]:.2f}")
        ]
        print(f"| {name} | {' | '.join(cells)} | {missed:.0%} |", flush=True)


if __name__ == "__main__":
    main()
