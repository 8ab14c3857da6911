"""What the structural prior is worth on maps that miss cameras: run it to see the README's tables.

    python tests/bench/table_prior.py [--extract FILE] [--kind anywhere] [--pairs 40] [--draws 8] [--seed 1]
                                      [--counted-in FILE] [--even 0.05] [--maps-only]

Cameras are made up in a real town by two generators (``prior_cameras``), a share of them is mapped, evenly or mostly
along main streets, and walks are planned by the map alone and by map and prior. What is shown is the true risk by all
cameras on these walks, of that of the shortest walks, when a walk may be 10 or 25 % longer, and what the plan claimed
of the longer ones, of what was true. Then the same with priors that are wrong: in their total, in their composition, or
counted in another town. Half of the 95 % interval stands behind ±; draws of cameras and pairs are drawn again for it.
Eight draws of 40 pairs in Helsinki's centre take seven minutes of one core, one of 10 pairs in the demo area a quarter.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from bench_common import add_extract_option, chosen_extract
from prior_cameras import MAIN, metres_of, other, own, read_place
from prior_parts import Parts, as_counted, times
from prior_trials import LONGER, Trips, ratio, watched
from scipy.spatial import cKDTree

from routing.graph import WAY_CLASSES
from routing.prior.risk import TABLE
from routing.prior.towns import TOWNS
from routing.workspace import demo_extract

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray
    from prior_cameras import Place
    from prior_trials import Left, Watched

    from routing.model import Camera
    from routing.prior.towns import Town

    Floats = NDArray[np.float64]

SHARES: Final = (0.01, 0.05, 0.10, 0.25, 0.50)
WRONG_AT: Final = (0.0, 0.25)
GENERATORS: Final = {"own": own, "other": other}
_OTHER_KIND: Final = {"anywhere": "moscow", "moscow": "anywhere", "russia": "anywhere"}
_NEAR_MAIN_M: Final = 30.0
_MAIN_TIMES: Final = 8.0  # as likely to be mapped next there as elsewhere


@dataclass(frozen=True)
class Trial:
    """One draw: cameras that are there, and walks among them."""

    place: Place
    cameras: list[Camera]
    there: Watched
    trips: Trips

    def left(self, known: Watched, prior: Floats | None = None) -> Left:
        """Plan by the map alone, or by map and prior, float64 [line, 2]."""
        if prior is None:
            return self.trips.left(known.weight, self.there.truth, known.truth)

        def claim(line: NDArray[np.int64], way: NDArray[np.int64]) -> float:
            return known.truth(line, way) + float(prior[line, way].sum())

        return self.trips.left(known.weight + prior, self.there.truth, claim)


def orders(place: Place, cameras: Sequence[Camera], rng: np.random.Generator) -> dict[str, list[Camera]]:
    """Give the order in which cameras are mapped: by chance, and with those near main streets first, mostly."""
    graph, scale = place.streets.graph, metres_of(place)
    main = np.isin(np.array(WAY_CLASSES)[graph.way_class], MAIN)[place.streets.lines.pieces.line]
    at = np.array([camera.lonlat for camera in cameras])
    near_m = cKDTree(place.streets.lines.pieces.lonlat[main] * scale).query(at * scale)[0]
    likely = np.where(near_m < _NEAR_MAIN_M, _MAIN_TIMES, 1.0)
    return {
        "evenly": [cameras[number] for number in rng.permutation(len(cameras))],
        # the first to ring, of clocks that run so fast, are mapped first
        "main streets": [cameras[number] for number in np.argsort(rng.exponential(1.0, len(cameras)) / likely)],
    }


def maps(
    trial: Trial, parts: Parts, town: Town, even: float, rng: np.random.Generator
) -> Iterator[tuple[str, str, Left]]:
    """Try maps of more and more cameras: the row, the column, and what came out."""
    yield "0%", "both", trial.left(watched(trial.place, []), parts.risk(town, (), even))
    for way, order in orders(trial.place, trial.cameras, rng).items():
        for share in SHARES:
            mapped = order[: max(round(share * len(order)), 1)]
            known = watched(trial.place, mapped)
            yield f"{share:.0%}, {way}", "map", trial.left(known)
            yield f"{share:.0%}, {way}", "both", trial.left(known, parts.risk(town, mapped, even))
    yield "100%", "map", trial.left(trial.there)
    yield "100%", "both", trial.left(trial.there, parts.risk(town, trial.cameras, even))


def wrong(
    trial: Trial, parts: Parts, town: Town, counted: Town, even: float, rng: np.random.Generator
) -> Iterator[tuple[str, str, Left]]:
    """Try priors that are wrong, on an empty map and on one of a quarter."""
    strange = replace(town, shares=TOWNS[_OTHER_KIND[town.name]].shares)
    priors = {
        "as it is": (town, even),
        "total x 0.3": (times(town, 0.3), even),
        "total x 3": (times(town, 3.0), even),
        "wrong composition": (strange, even),
        "wrong composition, no even part": (strange, 0.0),
        "wrong composition, half even": (strange, 0.5),
        "total and composition counted in another town": (counted, even),
        "no even part": (town, 0.0),
        "half even": (town, 0.5),
        "the same on every metre": (town, 1.0),
    }
    order = orders(trial.place, trial.cameras, rng)["evenly"]
    for share in WRONG_AT:
        mapped = order[: round(share * len(order))]
        known = watched(trial.place, mapped)
        for name, (thought, elsewhere) in priors.items():
            yield name, f"{share:.0%}", trial.left(known, parts.risk(thought, mapped, elsewhere))


Found = dict[str, dict[str, list["Left"]]]  # row -> column -> draws


def tried(place: Place, abroad: Place, town: Town, generator: str, given: argparse.Namespace) -> tuple[Found, Found]:
    """Make all draws of one generator."""
    parts, make = Parts(place, town), GENERATORS[generator]
    tables: tuple[Found, Found] = defaultdict(lambda: defaultdict(list)), defaultdict(lambda: defaultdict(list))
    for draw in range(given.draws):
        rng = np.random.default_rng([given.seed, draw])
        cameras = make(place, town, rng)
        trial = Trial(place, cameras, watched(place, cameras), Trips(place, given.pairs, rng))
        counted = as_counted(town, abroad.sites, make(abroad, town, rng))
        tries = [maps(trial, parts, town, given.even, rng)]
        if not given.maps_only:
            tries.append(wrong(trial, parts, town, counted, given.even, rng))
        for table, rows in zip(tables, tries, strict=False):
            for row, column, left in rows:
                table[row][column].append(left)
    return tables


def cells(draws: Sequence[Left] | None) -> tuple[str, str]:
    """Write what is left at each length, and what was claimed of the longest, of what was true."""
    if not draws:
        return "1 / 1", "0.00"
    short = np.stack([left.shortest for left in draws])
    true, claimed = (np.stack([getattr(left, name) for left in draws]) for name in ("true", "claimed"))
    left = (ratio(true[..., at], short) for at in range(len(LONGER)))
    said, give = ratio(claimed[..., -1], true[..., -1])
    return " / ".join(f"{part:.2f}±{half:.2f}" for part, half in left), f"{said:.2f}±{give:.2f}"


def show(found: Mapping[str, Mapping[str, Sequence[Left]]], first: str, columns: Mapping[str, str]) -> None:
    """Print a table."""
    names = [part for title in columns.values() for part in (title, "claimed ÷ true")]
    print(f"| {first} | {' | '.join(names)} |\n|---|{'---|' * len(names)}")
    for row, draws in found.items():
        both = [part for column in columns for part in cells(draws.get(column))]
        print(f"| {row} | {' | '.join(both)} |")


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_extract_option(parser)
    parser.add_argument("--kind", choices=TOWNS, default="anywhere", help="of town (default: anywhere)")
    parser.add_argument("--pairs", type=int, default=40, help="pairs of places in each draw (default: 40)")
    parser.add_argument("--draws", type=int, default=8, help="of cameras and pairs (default: 8)")
    parser.add_argument("--seed", type=int, default=1, help="of everything that is drawn (default: 1)")
    parser.add_argument("--counted-in", type=Path, default=demo_extract(), help="extract of the other town")
    parser.add_argument("--even", type=float, default=TABLE["elsewhere"].default, help="part of the prior, 0 to 1")
    parser.add_argument("--maps-only", action="store_true", help="leave out the priors that are wrong")
    given = parser.parse_args()
    extract, town = chosen_extract(given.extract), TOWNS[given.kind]
    place, abroad = read_place(extract), read_place(given.counted_in)
    print(f"{extract.name}, as in {town.name}, {given.draws} draws of {given.pairs} pairs, at most +10 % / +25 %")
    for generator in GENERATORS:
        by_map, by_wrong = tried(place, abroad, town, generator, given)
        print(f"\nCameras by the {generator} generator: true risk, the shortest walk's is 1\n")
        show(by_map, "mapped", {"map": "map alone", "both": "map and prior"})
        if by_wrong:
            print()
            show(by_wrong, "prior", {f"{share:.0%}": f"{share:.0%} mapped" for share in WRONG_AT})


if __name__ == "__main__":
    main()
