"""A picture of an area: the risk of every street, cameras and what they have in view. For people; nothing is computed.

Positions are drawn in metres from the middle of the area, so that a street is as long as it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from routing.figures import figure
from routing.geo import to_frame
from routing.hazard.eyes import eyes_of
from routing.hazard.sight import rim
from routing.model import ATTRIBUTION
from routing.rounding import name_of, percent, plain

if TYPE_CHECKING:
    from pathlib import Path

    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from routing.area import Area
    from routing.hazard.eyes import Placed
    from routing.plans import Plan

    Floats = NDArray[np.float64]

_RAYS: Final = 360
_DPI: Final = 200
_WIDE_IN: Final = 10.0
_PER_M: Final = 100.0  # risk is told for so many metres
_LEAST, _MOST = 1e-5, 1.0  # of the colours, per 100 m
_COLOURS: Final = "YlOrRd"


def draw(area: Area, path: Path, *, form: str) -> None:
    """Draw an area.

    Parameters
    ----------
    area
        As loaded.
    path
        Where to.
    form
        One of :data:`routing.figures.FORMS`.

    Raises
    ------
    BadUsageError
        If matplotlib is not installed.
    """
    box = area.manifest.bbox
    middle = np.array([(box.west + box.east) / 2, (box.south + box.north) / 2])
    west, south, east, north = (
        float(metre)
        for corner in ((box.west, box.south), (box.east, box.north))
        for metre in to_frame(np.array(corner), middle)
    )
    tall_in = min(max(_WIDE_IN * (north - south) / max(east - west, 1.0), 3.0), 30.0)
    with figure(path, form=form, size_in=(_WIDE_IN + 1.5, tall_in + 1.0), dpi=_DPI) as drawn:
        axes = drawn.subplots()
        _walls(axes, area, middle)
        _views(axes, area, middle)
        _streets(axes, area, middle)
        _frame(axes, area, (west, east, south, north))


def view_polygons(area: Area) -> list[Floats]:
    """Give what each camera that hangs outdoors has in view, float64 [point, 2] each, degrees; for drawing alone.

    Of a camera that may hang in one of several places, the first is taken.
    """
    placed = eyes_of(area.cameras, area.model.default, area.walls)
    _, first = np.unique(placed.camera, return_index=True)
    return [_polygon(placed, eye, area) for eye in first.tolist() if not placed.eyes.indoor[eye]]


def _polygon(placed: Placed, eye: int, area: Area) -> Floats:
    """Look round from one eye, and keep the sectors that it has in view."""
    eyes = placed.eyes
    at, scale = eyes.lonlat[eye], eyes.scale[eye]
    far_m = rim(at, scale, float(eyes.view_m[eye]), area.walls, _RAYS)
    turn_deg = np.arange(_RAYS) * 360.0 / _RAYS
    sectors = eyes.view_sector[eyes.view_start[eye] : eyes.view_start[eye + 1]]
    if len(sectors):
        seen = np.zeros(_RAYS, dtype=np.bool_)
        for start_deg, sweep_deg in sectors.tolist():
            seen |= (turn_deg - start_deg) % 360.0 <= sweep_deg
        far_m = np.where(seen, far_m, 0.0)
    turn = np.radians(turn_deg)
    polygon: Floats = at + far_m[:, None] * np.stack([np.sin(turn), np.cos(turn)], axis=-1) / scale
    return polygon


def _walls(axes: Axes, area: Area, middle: Floats) -> None:
    from matplotlib.collections import LineCollection

    ends = np.stack([to_frame(area.wall_ends[:, part], middle) for part in (slice(0, 2), slice(2, 4))], axis=1)
    axes.add_collection(LineCollection(list(ends), colors="0.6", linewidths=0.5, zorder=1))


def _views(axes: Axes, area: Area, middle: Floats) -> None:
    from matplotlib.collections import PolyCollection

    polygons = [to_frame(polygon, middle) for polygon in view_polygons(area)]
    axes.add_collection(PolyCollection(polygons, facecolors="tab:blue", alpha=0.2, linewidths=0, zorder=2))
    at = to_frame(area.camera_lonlat, middle)
    axes.plot(
        at[:, 0],
        at[:, 1],
        ".",
        color="tab:blue",
        markersize=3,
        zorder=4,
        label="mapped camera, and what it has in view",
    )


def _streets(axes: Axes, area: Area, middle: Floats) -> None:
    """Draw every section in the colour of its risk, the mean of both ways."""
    from matplotlib.cm import ScalarMappable
    from matplotlib.collections import LineCollection
    from matplotlib.colors import LogNorm
    from matplotlib.ticker import NullFormatter

    graph = area.graph
    count = np.maximum(np.bincount(graph.section, minlength=graph.section_count), 1)
    risk = np.bincount(graph.section, area.risk_e6 / 1e6, minlength=graph.section_count) / count
    per_m = risk / np.maximum(graph.section_length_m, 0.1) * _PER_M
    lines = [to_frame(np.asarray(graph.shape(section)), middle) for section in range(graph.section_count)]
    chance = -np.expm1(-per_m)
    low, high = np.quantile(chance[chance > 0], (0.02, 0.98)) if (chance > 0).any() else (_LEAST, _MOST)
    norm = LogNorm(max(low, _LEAST), min(max(high, 10 * _LEAST, 2 * low), _MOST), clip=True)
    order = np.argsort(chance, kind="stable")  # the worst are drawn last, above the others
    collection = LineCollection([lines[one] for one in order.tolist()], cmap=_COLOURS, norm=norm, linewidths=1.2)
    collection.set_array(np.maximum(chance, _LEAST)[order])
    collection.set_zorder(3)
    axes.add_collection(collection)
    label = "chance to be recognised on 100 m, by all cameras, mapped or assumed"
    scale = axes.figure.colorbar(ScalarMappable(norm, _COLOURS), ax=axes, label=label, shrink=0.6)
    scale.ax.yaxis.set_major_formatter(lambda share, _: percent(share))
    scale.ax.yaxis.set_minor_formatter(NullFormatter())


def _frame(axes: Axes, area: Area, bounds_m: tuple[float, float, float, float]) -> None:
    manifest = area.manifest
    west, east, south, north = bounds_m
    axes.set(xlim=(west, east), ylim=(south, north), aspect="equal", ylabel="metres")
    date = f", map of {manifest.osm_date}" if manifest.osm_date else ""
    axes.set_title(f"{plain(manifest.name)}: {len(area.cameras):,} cameras mapped{date}", fontsize="medium")
    if area.cameras:
        axes.legend(loc="lower right", fontsize="small", bbox_to_anchor=(1.0, 1.0))
    town = manifest.unmapped.town
    assumed = f"; cameras that nobody mapped are assumed (kind of town: {town})" if town else ""
    axes.text(
        0.0, -0.06, f"{manifest.attribution}{assumed}", transform=axes.transAxes, fontsize="x-small", va="top"
    )  # fmt: skip


def plot_front(plan: Plan, path: Path, form: str) -> None:
    """Draw what each detour buys: the chance to be recognised against extra metres.

    Parameters
    ----------
    plan
        With a front.
    path, form
        Where to, and one of :data:`routing.figures.FORMS`.
    """
    more_m = [point.length_m - plan.front[0].length_m for point in plan.front]
    chance = [100 * point.recognition for point in plan.front]
    with figure(path, form=form, size_in=(7.0, 4.5), dpi=150) as drawn:
        from matplotlib.patheffects import withStroke

        axes = drawn.add_subplot()
        axes.plot(more_m, chance, drawstyle="steps-post", color="#888888", linewidth=1)
        axes.scatter(more_m, chance, color="#b3261e", zorder=3)
        for number, route in enumerate(plan.offered):
            at = (route.detour_m, 100 * route.score.risk.recognition.default)
            # names stand above and below in turn, and towards the middle, so that near ones can be read
            left = route.detour_m > max(more_m) / 2
            above = number % 2 == 0 and not left
            axes.annotate(
                name_of(route), at, xytext=(-6 if left else 6, 6 if above else -6), textcoords="offset points",
                ha="right" if left else "left", va="bottom" if above else "top",
                path_effects=[withStroke(linewidth=3, foreground="white")],
            )  # fmt: skip
        axes.set(xlabel="extra metres", ylabel="chance to be recognised, %", ylim=(0, 1.12 * max(chance) or 1.0))
        axes.text(
            0.0, -0.18, f"An assumption: compare walks by it. {ATTRIBUTION}", transform=axes.transAxes,
            fontsize="x-small", va="top",
        )  # fmt: skip
