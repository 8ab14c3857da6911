"""Extra length, risk and metres in view of each alternative over random pairs of places: run it to see a table.

    python tests/bench/table_walks.py [--extract FILE] [--pairs 200] [--seed 1]

Start and end are random points of the largest connected part, at least 500 m apart. Everything shown is measured on the
routes' geometry (routing/score.py), not taken from the search.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from routing.build import build_area
from routing.geo import distance_m
from routing.hazard.parameters import ModelFile
from routing.model import LonLat, RouteRequest
from routing.router import plan
from routing.workspace import demo_extract, released_cameras

if TYPE_CHECKING:
    from routing.area import Area
    from routing.plans import Route

NAMES = ("shortest", "balanced", "least_seen")


@dataclass(frozen=True)
class Row:
    """Sums over all pairs, metres and -ln(1 - p); a name that a plan lacks counts as the walk it coincides with."""

    name: str
    length_m: float
    risk: float
    in_view_m: float
    ends_m: float
    enclosed_m: float


def random_pairs(area: Area, count: int, *, seed: int, apart_m: float = 500.0) -> list[tuple[LonLat, LonLat]]:
    """Draw pairs of nodes of the largest part, at least so far apart."""
    rng = np.random.default_rng(seed)
    nodes = np.flatnonzero(area.graph.component == 0)
    pairs: list[tuple[LonLat, LonLat]] = []
    while len(pairs) < count:
        a, b = (np.asarray(area.graph.node_lonlat[node]) for node in rng.choice(nodes, 2, replace=False))
        if distance_m(a, b) >= apart_m:
            pairs.append((LonLat(*a.tolist()), LonLat(*b.tolist())))
    return pairs


def table(area: Area, pairs: list[tuple[LonLat, LonLat]]) -> list[Row]:
    """Plan every pair and add up."""
    sums = {name: np.zeros(5) for name in NAMES}
    for start, end in pairs:
        routes = {route.name: route for route in plan(area, RouteRequest(start, end)).routes}
        least = routes.get("least_seen", routes["shortest"])
        for name in NAMES:
            sums[name] += _numbers(routes.get(name, least if name == "balanced" else routes["shortest"]))
    return [Row(name, *sums[name].tolist()) for name in NAMES]


def _numbers(route: Route) -> np.ndarray:
    score = route.score
    return np.array([score.length_m, score.risk.risk.default, score.in_view_m, score.ends_in_view_m, score.enclosed_m])


def main() -> None:
    """Print a table for all cameras and one for those that are mapped."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--extract", type=Path, default=demo_extract())
    parser.add_argument("--pairs", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    for label, town in (("with cameras that nobody mapped", None), ("by mapped cameras alone", "none")):
        area = build_area(given.extract, camera_files=[released_cameras()], model_file=ModelFile(town=town))
        rows = table(area, random_pairs(area, given.pairs, seed=given.seed))
        print(f"\n{given.pairs} pairs, seed {given.seed}, {label}, detour up to 30 %")
        print(
            f"{'walk':<12}{'length':>12}{'extra':>8}{'risk':>8}{'saved':>8}"
            f"{'in view':>12}{'at the ends':>13}{'enclosed':>10}"
        )
        first = rows[0]
        for row in rows:
            extra, saved = row.length_m / first.length_m - 1, 1 - row.risk / max(first.risk, 1e-12)
            print(
                f"{row.name:<12}{row.length_m:>10,.0f} m{extra:>8.1%}{row.risk:>8.2f}{saved:>8.1%}"
                f"{row.in_view_m:>10,.0f} m{row.ends_m:>11,.0f} m{row.enclosed_m:>8,.0f} m"
            )


if __name__ == "__main__":
    main()
