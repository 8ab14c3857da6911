"""What an adversary gains by fake cameras and by hiding real ones, with each defence off and on, and what it costs.

    python tests/bench/bench_poisoning.py [--extract FILE] [--walks 150] [--fakes 40] [--seeds 2]

The project's own router plans *least seen* walks between random places at most 1.5 km around a checkpoint that no
mapped camera sees.

- Fakes: cameras are added, five at a time, where most of the walks pass that miss the checkpoint, 40 to 400 m from it
  (a greedy adversary who knows the router). Told is the share of walks that pass within 20 m of the checkpoint.
- Hiding: a random share of the real cameras is taken off the map. Told is the true exposure: metres of the walks in
  view of all real cameras.

Real are the cameras of the extract and of the shipped release. Everything told is measured on the walks' geometry.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from bench_common import add_extract_option, chosen_extract

from routing.build import build_area
from routing.errors import NoRouteError, PlaceError
from routing.geo import distance_m
from routing.model import Camera, Detour, LonLat, RouteRequest, Stretch
from routing.reports import new_id
from routing.revise import revised
from routing.router import plan
from routing.score import measure, watch_of
from routing.trust import disputed
from routing.workspace import released_cameras

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from routing.area import Area

_PASSES_M = 20.0
_NEAREST_M, _FARTHEST_M = 40.0, 400.0
_AROUND_M = 750.0
_BATCH = 5
_STEP_M = 10.0
_FAKE = {"man_made": "surveillance", "surveillance:type": "camera", "camera:type": "fixed"}

Lines = list["NDArray[np.float64]"]
Setting = tuple["NDArray[np.float64]", list[tuple[LonLat, LonLat]]]


@dataclass(frozen=True)
class Defence:
    """How the router is defended."""

    name: str
    status: str  # of what was reported once
    detour: float


OFF = Defence("none: fakes count fully, detour 100 %", "confirmed", 1.0)
DEFENCES = (
    OFF,
    Defence("detour 30 %", "confirmed", 0.3),
    Defence("detour 20 %", "confirmed", 0.2),
    Defence("single reports weigh 1/4, detour 100 %", "unverified", 1.0),
    Defence("single reports weigh 1/4, detour 30 %", "unverified", 0.3),
)


def walks(area: Area, pairs: Sequence[tuple[LonLat, LonLat]], detour: float) -> Lines:
    """Plan the least seen walk of every pair."""
    lines = []
    for start, end in pairs:
        routes = plan(area, RouteRequest(start, end, detour=Detour(share=detour))).routes
        lines.append(routes[-1].lonlat)
    return lines


def points_of(line: NDArray[np.float64]) -> NDArray[np.float64]:
    """Put points along a line, at most 10 m apart."""
    size = np.maximum(np.ceil(distance_m(line[:-1], line[1:]) / _STEP_M), 1).astype(int)
    parts = [a + (b - a) * (np.arange(n)[:, None] / n) for a, b, n in zip(line[:-1], line[1:], size, strict=True)]
    return np.concatenate([*parts, line[-1:]])


def passes(line: NDArray[np.float64], place: NDArray[np.float64]) -> bool:
    """Tell whether a walk passes a place."""
    return bool((distance_m(points_of(line), place) <= _PASSES_M).any())


def truth_m(lines: Lines, area: Area) -> float:
    """Give the mean metres of walks in view of the cameras that really are there."""
    watch = watch_of(area.cameras, area.walls, area.estimates, area.month)
    return float(np.mean([measure([Stretch(line, "", "footway")], watch, ranges=False).in_view_m for line in lines]))


def setting(area: Area, count: int, seed: int) -> Setting:
    """Choose a checkpoint amid the mapped cameras that none sees and some walks pass, and the ends of the walks."""
    rng = np.random.default_rng(seed)
    graph = area.graph
    home = np.median([camera.lonlat for camera in area.cameras], axis=0)
    nodes = np.flatnonzero((graph.component == 0) & (distance_m(graph.node_lonlat, home) <= 2 * _AROUND_M))
    for _ in range(50):
        place = np.asarray(graph.node_lonlat[rng.choice(nodes)])
        watch = watch_of(area.cameras, area.walls, area.estimates, area.month)
        seen = measure([Stretch(np.array([place, place + 1e-6]), "", "footway")], watch, ranges=False)
        near = nodes[distance_m(graph.node_lonlat[nodes], place) <= _AROUND_M]
        if seen.meetings or len(near) < count:
            continue
        pairs: list[tuple[LonLat, LonLat]] = []
        while len(pairs) < count:
            a, b = (np.asarray(graph.node_lonlat[node]) for node in rng.choice(near, 2, replace=False))
            if distance_m(a, b) >= _AROUND_M / 2 and min(distance_m(np.stack([a, b]), place)) > 2 * _NEAREST_M:
                pairs.append((LonLat(*a.tolist()), LonLat(*b.tolist())))
        try:
            share = np.mean([passes(line, place) for line in walks(area, pairs[:40], 0.3)])
        except (NoRouteError, PlaceError):
            continue
        if 0 < share <= 0.2:
            return place, pairs
    raise SystemExit("no checkpoint was found; try another --seed or more --walks")


def fakes_near(lines: Lines, place: NDArray[np.float64], taken: Sequence[Camera]) -> list[LonLat]:
    """Choose where most walks pass that miss the place: one spot after another, each 30 m from the others."""
    missing = [points_of(line) for line in lines if not passes(line, place)]
    if not missing:
        return []
    spots = np.concatenate(missing)
    away_m = distance_m(spots, place)
    spots = spots[(away_m >= _NEAREST_M) & (away_m <= _FARTHEST_M)]
    chosen: list[LonLat] = []
    for camera in taken:
        spots = spots[distance_m(spots, np.array(camera.lonlat)) > 30]
    while len(spots) and len(chosen) < _BATCH:
        crowd = [int((distance_m(spots, spot) <= 15).sum()) for spot in spots[:: max(1, len(spots) // 200)]]
        best = spots[:: max(1, len(spots) // 200)][int(np.argmax(crowd))]
        chosen.append(LonLat(*best.tolist()))
        spots = spots[distance_m(spots, best) > 30]
    return chosen


def attack(
    area: Area, place: NDArray[np.float64], pairs: list[tuple[LonLat, LonLat]], defence: Defence, most: int
) -> list[tuple[int, float, float]]:
    """Add fakes and tell, for each number of them, the share of walks that pass the place and the true exposure."""
    fakes: list[Camera] = []
    told = []
    while True:
        poisoned = revised(area, [*area.cameras, *fakes])
        lines = walks(poisoned, pairs, defence.detour)
        share = float(np.mean([passes(line, place) for line in lines]))
        told.append((len(fakes), share, truth_m(lines, area)))
        if len(fakes) >= most:
            return told
        spots = fakes_near(lines, place, fakes)
        month = area.manifest.built[:7]
        fakes += [
            Camera(new_id("ss"), spot, _FAKE, "report", defence.status, last_seen=month, evidence="seen")
            for spot in spots
        ]
        if not spots:
            return told


def hiding(area: Area, pairs: list[tuple[LonLat, LonLat]], share: float, seed: int) -> dict[str, float]:
    """Hide cameras and tell the true exposure, by how their vanishing is dealt with."""
    rng = np.random.default_rng(seed)
    hidden = rng.random(len(area.cameras)) < share
    left = [camera for camera, gone in zip(area.cameras, hidden, strict=True) if not gone]
    told = {"deleted": truth_m(walks(revised(area, left), pairs, 0.3), area)}
    built = area.manifest.built
    for years in (0, 2, 6):
        month = f"{int(built[:4]) - years}{built[4:7]}"
        fading = [
            disputed(replace(c, last_seen=None), month) for c, gone in zip(area.cameras, hidden, strict=True) if gone
        ]
        told[f"disputed {years} years ago"] = truth_m(walks(revised(area, [*left, *fading]), pairs, 0.3), area)
    return told


def price(area: Area, pairs: list[tuple[LonLat, LonLat]], seed: int) -> None:
    """Print what each defence costs when nobody attacks and a quarter of the cameras rest on single reports."""
    rng = np.random.default_rng(seed)
    single = rng.random(len(area.cameras)) < 0.25
    for defence in DEFENCES:
        known = [
            replace(camera, status=defence.status if one else "confirmed")
            for camera, one in zip(area.cameras, single, strict=True)
        ]
        lines = walks(revised(area, known), pairs, defence.detour)
        length_m = float(np.mean([distance_m(line[:-1], line[1:]).sum() for line in lines]))
        print(f"{defence.name:<46}{truth_m(lines, area):>10.0f}{length_m:>10.0f}")


def main() -> None:
    parser = argparse.ArgumentParser(description="What poisoned camera data does to walks, and what defences do.")
    add_extract_option(parser)
    parser.add_argument("--walks", type=int, default=150)
    parser.add_argument("--fakes", type=int, default=40)
    parser.add_argument("--seeds", type=int, default=2)
    given = parser.parse_args()
    area = build_area(chosen_extract(given.extract), camera_files=[released_cameras()])
    # all of them are taken to be there: what is measured is the attack, not how old the map is
    sure = [replace(camera, status="confirmed", gone=()) for camera in area.cameras]
    area = revised(area, sure)
    settings = [setting(area, given.walks, seed) for seed in range(given.seeds)]
    print(f"\n{len(area.cameras)} cameras, {given.seeds} checkpoints, {given.walks} least seen walks each")
    tell_fakes(area, settings, given.fakes)
    tell_hiding(area, settings)
    print(f"\n{'nobody attacks, a quarter are single reports':<46}{'true m':>10}{'length m':>10}")
    price(area, settings[0][1], 0)


def tell_fakes(area: Area, settings: Sequence[Setting], most: int) -> None:
    """Print the share of walks past the checkpoint and their true exposure by number of fakes."""
    print("\nfakes: share of walks past the checkpoint / true metres in view, by number of fakes")
    for defence in DEFENCES:
        runs = [attack(area, place, pairs, defence, most) for place, pairs in settings]
        cells = []
        for at, (fakes, *_) in enumerate(min(runs, key=len)):
            if at % 2 == 0:
                share, seen_m = (float(np.mean([run[at][what] for run in runs])) for what in (1, 2))
                cells.append(f"{fakes:>4}: {share:6.1%} /{seen_m:4.0f} m")
        print(f"{defence.name:<46}{'  '.join(cells)}")


def tell_hiding(area: Area, settings: Sequence[Setting]) -> None:
    """Print the true exposure by share of cameras hidden."""
    print("\nhidden cameras: true metres in view, detour 30 %")
    for share in (0.0, 0.1, 0.25, 0.5):
        runs = [hiding(area, pairs, share, seed) for seed, (_, pairs) in enumerate(settings)]
        told = "  ".join(f"{how}: {np.mean([run[how] for run in runs]):4.0f} m" for how in runs[0])
        print(f"{share:>5.0%}  {told}")
    shortest = [plan(area, RouteRequest(a, b)).routes[0].lonlat for _, pairs in settings for a, b in pairs]
    print(f"shortest walks, for comparison: {truth_m(shortest, area):.0f} m")


if __name__ == "__main__":
    main()
