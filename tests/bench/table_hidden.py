"""Does the structural prior avoid real cameras that it does not know? Run it to see the README's tables.

    python tests/bench/table_hidden.py [--extract FILE] [--other FILE] [--pairs 40] [--draws 10] [--seed 1]

All or half of the cameras that are on the map of a town are hidden. Walks are planned by those left, by the prior made
without the hidden ones, or by both; what is shown is the risk by the hidden cameras alone, of that of the shortest
walks, and what the prior claims of the shortest and of the avoiding walks, of what the hidden ones make true. Half of
the 95 % interval stands behind ±: cameras are drawn again by blocks of 250 m, for another mapper would have met others.
Then, how well the prior tells where the cameras of two towns hang, and whether shares that fit one town fit the other.
Ten draws of 40 pairs in Helsinki's centre take two minutes of one core.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from bench_common import add_extract_option, chosen_extract
from prior_cameras import metres_of, read_place
from prior_parts import Parts
from prior_trials import LONGER, Trips, ratio, watched
from scipy.spatial import cKDTree

from routing.prior.counts import on_record
from routing.prior.risk import TABLE
from routing.prior.towns import GROUPS, town_at
from routing.workspace import demo_extract

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from prior_cameras import Place

    from routing.model import Camera
    from routing.prior.towns import Town

    Floats = NDArray[np.float64]

EVEN: Final = (0.0, 0.05, 0.2, 0.5, 1.0)
HIDDEN: Final = (1.0, 0.5)
_OWN_SHARE: Final = TABLE["elsewhere"].default
_BLUR_M: Final = 20.0  # a camera this near a site, or so, is told by it
_LEAST: Final = 0.01  # of a composition that anywhere in the box has, so that no camera is impossible
_STEPS: Final = 500


class Sums(NamedTuple):
    """Sums over all walks, by block of the town."""

    shortest: Floats  # [block] true risk
    true: Floats  # [detour, block]
    said: Floats  # [1 + detour] what the prior claimed of the shortest walks and of the others


def real_cameras(place: Place) -> list[Camera]:
    """Give the cameras on the map of a place that act on its open ways."""
    return [camera for camera in place.data.cameras if len(on_record([camera], place.sites)[0])]


def tried(trips: Trips, place: Place, hidden: Sequence[Camera], weight: Floats, prior: Floats) -> Sums:
    """Plan by a weight and add up what hidden cameras do; ``weight`` and ``prior`` are float64 [line, 2]."""
    there = watched(place, hidden)
    shortest, true = np.zeros(len(hidden)), np.zeros((len(LONGER), len(hidden)))
    said = np.zeros(1 + len(LONGER))
    for short, best in trips.chosen(weight):
        shortest += there.each(short.line, short.way)
        true += [there.each(walk.line, walk.way) for walk in best]
        said += [prior[walk.line, walk.way].sum() for walk in (short, *best)]
    sites = place.sites
    block = sites.blocks.of(np.array([camera.lonlat for camera in hidden]))
    of_block = np.zeros((1 + len(LONGER), sites.blocks.size))
    for row, risk in zip(of_block, (shortest, *true), strict=True):
        np.add.at(row, block, risk)
    return Sums(of_block[0], of_block[1:], said)


def hide(place: Place, town: Town, given: argparse.Namespace) -> None:
    """Print what is gained against hidden cameras."""
    real, parts = real_cameras(place), Parts(place, town)
    print("| hidden | planned by | risk by hidden ones, +10 % / +25 % | claimed ÷ true: shortest | +25 % |")
    print("|---|---|---|---|---|")
    for share in HIDDEN:
        found: dict[str, list[Sums]] = {}
        for draw in range(given.draws):
            rng = np.random.default_rng([given.seed, draw])
            order = [real[number] for number in rng.permutation(len(real))]
            hidden, known = order[: round(share * len(real))], order[round(share * len(real)) :]
            trips, by_map = Trips(place, given.pairs, rng), watched(place, known).weight
            plans = {f"prior, {even:.0%} even": parts.risk(town, known, even) for even in EVEN}
            rows = [(f"map and {name}" if known else name, by_map + prior, prior) for name, prior in plans.items()]
            if known:
                rows = [("map alone", by_map, np.zeros_like(by_map)), *rows]
            for name, weight, prior in rows:
                found.setdefault(name, []).append(tried(trips, place, hidden, weight, prior))
        for name, sums in found.items():
            print(f"| {share:.0%} | {name} | {' | '.join(cells(sums))} |", flush=True)


def cells(draws: Sequence[Sums]) -> tuple[str, str, str]:
    """Write a row: what is left at each length, what was claimed of what was true, shortest and longest."""
    short, true, said = (np.sum([getattr(one, name) for one in draws], axis=0) for name in Sums._fields)
    here = (short > 0.0) | (true > 0.0).any(axis=0)
    left = (ratio(row[here][None], short[here][None]) for row in true)
    claims = said[0] / short.sum(), said[-1] / true[-1].sum()
    return " / ".join(f"{part:.2f}±{half:.2f}" for part, half in left), f"{claims[0]:.2f}", f"{claims[1]:.2f}"


def densities(place: Place) -> Floats:
    """Give how dense each group's sites lie around each real camera, then open ways, then nothing but the box.

    Returns
    -------
    numpy.ndarray
        float64 [camera, group + 2], of a whole each, per km².
    """
    sites, scale, pieces = place.sites, metres_of(place), place.streets.lines.pieces
    cameras = np.array([camera.lonlat for camera in real_cameras(place)]) * scale
    outside = ~place.streets.lines.enclosed[pieces.line]
    sources = [(sites.lonlat[sites.group == code], sites.weight[sites.group == code]) for code in range(len(GROUPS))]
    sources.append((pieces.lonlat[outside], pieces.length_m[outside]))
    found = [_density(at * scale, weight, cameras) for at, weight in sources]
    box_km2 = np.prod(np.array([sites.bbox.east - sites.bbox.west, sites.bbox.north - sites.bbox.south]) * scale) / 1e6
    return np.stack([*found, np.full(len(cameras), 1.0 / box_km2)], axis=1)


def _density(at: Floats, weight: Floats, cameras: Floats) -> Floats:
    found, tree = np.zeros(len(cameras)), cKDTree(at)
    for number, near in enumerate(tree.query_ball_point(cameras, 4.0 * _BLUR_M)):
        away2 = ((at[near] - cameras[number]) ** 2).sum(axis=1)
        found[number] = (weight[near] * np.exp(-away2 / (2.0 * _BLUR_M**2))).sum()
    per_km2: Floats = found / weight.sum() / (2.0 * np.pi * _BLUR_M**2) * 1e6
    return per_km2


def fitted(density: Floats) -> Floats:
    """Give the shares by which cameras are likeliest, float64 [part]: expectation and maximisation."""
    shares = np.full(density.shape[1], 1.0 / density.shape[1])
    for _ in range(_STEPS):
        each = density * shares
        shares = (each / each.sum(axis=1, keepdims=True)).mean(axis=0)
    return shares


def told(density: Floats, shares: Floats) -> str:
    """Write how much likelier cameras are where they hang than on a metre of open way like any other, mean and ±."""
    ways = np.zeros(density.shape[1])
    ways[len(GROUPS)] = 1.0
    wide = np.eye(density.shape[1])[-1] * _LEAST
    gain = np.log(density @ ((1.0 - _LEAST) * shares + wide)) - np.log(density @ ((1.0 - _LEAST) * ways + wide))
    return f"{gain.mean():+.2f}±{1.96 * gain.std() / np.sqrt(len(gain)):.2f}"


def fit(places: Sequence[Place], town: Town) -> None:
    """Print how well compositions tell where real cameras hang in each of two towns."""
    density = [densities(place) for place in places]
    groups = np.array([town.shares[group] for group in GROUPS])
    rows = {f"{town.name}, {even:.0%} even": np.array([*((1.0 - even) * groups), even, 0.0]) for even in EVEN}
    rows |= {f"fitted in the {name}": fitted(one) for name, one in zip(("first", "second"), density, strict=True)}
    print(f"\n| composition | {' | '.join(GROUPS)} | even | first | second |\n|---|{'---|' * (len(GROUPS) + 3)}")
    for name, shares in rows.items():
        parts = [f"{share:.2f}" for share in shares[:-1]] + [told(one, shares) for one in density]
        print(f"| {name} | {' | '.join(parts)} |")


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_extract_option(parser)
    parser.add_argument("--other", type=Path, default=demo_extract(), help="extract of the second town")
    parser.add_argument("--pairs", type=int, default=40, help="pairs of places in each draw (default: 40)")
    parser.add_argument("--draws", type=int, default=10, help="of what is hidden and of pairs (default: 10)")
    parser.add_argument("--seed", type=int, default=1, help="of everything that is drawn (default: 1)")
    given = parser.parse_args()
    extracts = [chosen_extract(given.extract), given.other]
    places = [read_place(extract) for extract in extracts]
    for extract, place in zip(extracts, places, strict=True):
        town, count = town_at(place.sites.bbox), len(real_cameras(place))
        print(f"\n{extract.name}: {count} cameras, {given.draws} draws of {given.pairs} pairs, as in {town.name}\n")
        hide(place, town, given)
    fit(places, town_at(places[0].sites.bbox))


if __name__ == "__main__":
    main()
