"""Measure a walk anew, on its geometry and the cameras alone.

Nothing here knows the graph or the search. The walk is cut into pieces of its own, every camera near it is asked what
it does there (routing/hazard), and what comes out is counted camera by camera, never summed from street to street: a
camera that sees a walker three times is one camera, and whether it is there, connected and sure is decided once.
Positions are WGS 84 degrees, everything else metres from the start.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from routing.hazard.eyes import eyes_of
from routing.hazard.hazards import certainty, hazards_by
from routing.hazard.pavements import LEFT, RIGHT, Ways, lines_along
from routing.hazard.walked import Walked, by_line, chances_of
from routing.plans import Meeting, Range, Risk, Score
from routing.ragged import taken

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from routing.hazard.eyes import Placed
    from routing.hazard.hazards import Views
    from routing.hazard.parameters import Model
    from routing.hazard.rates import Lines
    from routing.hazard.walked import ByLine
    from routing.hazard.walls import Walls
    from routing.model import Camera, Stretch

Floats = NDArray[np.float64]

ENDS_M = 50.0  # nobody can choose the first and the last metres of a walk (contract: told apart)
# What is shorter than this is the rounding of positions, not a sighting.
_SHORTEST_SPAN_M = 0.005
_DEFAULT = 1  # of the model's columns
_SURELY = 1.0 - 1e-12


class Spread(NamedTuple):
    """What to multiply the risk by unmapped cameras by for each estimate, on open and on enclosed ways."""

    open: Range = Range(1.0, 1.0, 1.0)
    enclosed: Range = Range(1.0, 1.0, 1.0)


EVEN = Spread()


class Watch(NamedTuple):
    """Cameras that hang where they do: all that measuring walks near them reads."""

    cameras: tuple[Camera, ...]
    placed: tuple[Placed, ...]  # by each column of the model
    sure: tuple[Floats, ...]  # [column][camera] chance that it is there, connected, and matches at all
    walls: Walls
    model: Model
    spread: Spread


def watch_of(cameras: Sequence[Camera], walls: Walls, model: Model, month: str, spread: Spread = EVEN) -> Watch:
    """Hang cameras where they belong.

    Parameters
    ----------
    cameras
        All that might matter for the walks that shall be measured.
    walls, model, month
        Of the area; the month is ``YYYY-MM``.
    spread
        Of the risk by cameras that nobody mapped.
    """
    placed = [eyes_of(cameras, values, walls) for values in model.columns()]
    # what is in view is the same by all columns, and asked of one
    blind = [
        one if at == _DEFAULT else one._replace(eyes=one.eyes._replace(view_m=np.zeros_like(one.eyes.view_m)))
        for at, one in enumerate(placed)
    ]
    sure = tuple(certainty(cameras, month, values) for values in model.columns())
    return Watch(tuple(cameras), tuple(blind), sure, walls, model, spread)


class _Looked(NamedTuple):
    """Stretches, each once, and what cameras do on them; *lines* are the stretches, then the pavements beside them."""

    size_m: Floats  # [stretch]
    enclosed: NDArray[np.bool_]  # [stretch]
    unmapped: Floats  # [stretch, column] risk by cameras that nobody mapped
    beside: NDArray[np.int64]  # [stretch + 1] into the pavements
    share: Floats  # [line] how much of it is walked
    hazards: dict[int, ByLine]  # by column
    views: Views  # by stretch
    view_start: NDArray[np.int64]  # [stretch + 1] into the views


def measure(stretches: Sequence[Stretch], watch: Watch, *, ranges: bool = True) -> Score:
    """Measure a walk.

    Parameters
    ----------
    stretches
        In walking order; each begins where the one before ends.
    watch
        See :func:`watch_of`.
    ranges
        Give low and high estimates; without, they are the default, in a third of the time.

    Returns
    -------
    Score
    """
    return measure_all([stretches], watch, ranges=ranges)[0]


def measure_all(walks: Sequence[Sequence[Stretch]], watch: Watch, *, ranges: bool = True) -> list[Score]:
    """Measure walks, see :func:`measure`; a stretch that stands in several of them is looked at once.

    Parameters
    ----------
    walks
        Stretches are told apart by identity.
    """
    distinct = {id(stretch): stretch for stretches in walks for stretch in stretches}
    number = {name: at for at, name in enumerate(distinct)}
    which = [np.array([number[id(stretch)] for stretch in stretches], dtype=np.int64) for stretches in walks]
    looked = _looked(list(distinct.values()), watch, range(len(watch.placed)) if ranges else (_DEFAULT,))
    walked = _entries(which, looked)
    bare = {at: chances_of(walked, hazards) for at, hazards in looked.hazards.items()}
    return [_score(of, {at: one[walk] for at, one in bare.items()}, looked, watch) for walk, of in enumerate(which)]


def _looked(stretches: Sequence[Stretch], watch: Watch, columns: Iterable[int]) -> _Looked:
    """Ask every camera what it does on stretches."""
    lines, share, beside = _lines(stretches, watch.walls)
    values = list(watch.model.columns())
    found = {at: hazards_by(watch.placed[at], lines, watch.walls, values[at]) for at in columns}
    # what cameras have in view is told of the line itself, how likely they recognise of where one walks beside it
    found = {at: one.take(share[one.line] > 0.0, one.views.line < len(stretches)) for at, one in found.items()}
    views = found[_DEFAULT].views
    return _Looked(
        _sizes_m(lines)[: len(stretches)],
        lines.enclosed[: len(stretches)],
        _unmapped(stretches, watch.spread),
        beside,
        share,
        {at: by_line(one, len(share)) for at, one in found.items()},
        views,
        np.searchsorted(views.line, np.arange(len(stretches) + 1)),
    )


def _sizes_m(lines: Lines) -> Floats:
    """Measure lines, float64 [line]."""
    return np.bincount(lines.pieces.line, lines.pieces.length_m, minlength=len(lines.enclosed)).astype(np.float64)


def _entries(which: Sequence[NDArray[np.int64]], looked: _Looked) -> Walked:
    """Give the lines that walks take, each for its part; int64 [stretch] of each walk."""
    count = len(looked.size_m)
    lines = [np.concatenate([of, count + taken(looked.beside, of).at]) for of in which]
    start = np.concatenate([np.zeros(1, np.int64), np.cumsum([len(of) for of in lines])])
    line = np.concatenate(lines)
    return Walked(start, line, np.zeros(len(line), dtype=np.int64), looked.share[line])


def _score(which: NDArray[np.int64], bare: dict[int, Floats], looked: _Looked, watch: Watch) -> Score:
    """Put together what is told of a walk: its stretches, int64 [stretch], and the chance by camera by each column."""
    begins = np.concatenate([np.zeros(1), np.cumsum(looked.size_m[which])])
    seen = taken(looked.view_start, which)
    views = looked.views.take(seen.at)
    spans = begins[seen.of][:, None] + np.column_stack([views.from_m, views.to_m])
    in_sight = _union(spans)
    hidden = np.column_stack([begins[:-1], begins[1:]])[looked.enclosed[which]]
    in_view = _union(np.concatenate([in_sight, hidden]))
    in_view_m, total_m = float(np.diff(in_view).sum()), float(begins[-1])
    middle_m = float(np.diff(np.clip(in_view, ENDS_M, max(total_m - ENDS_M, ENDS_M))).sum())
    return Score(
        length_m=total_m,
        in_view_m=in_view_m,
        enclosed_m=in_view_m - float(np.diff(in_sight).sum()),
        ends_in_view_m=in_view_m - middle_m,
        meetings=_meetings(views, spans, bare, watch),
        in_view_spans_m=in_view,
        risk=_risk(bare, Range(*looked.unmapped[which].sum(axis=0).tolist()), watch),
    )


def _lines(stretches: Sequence[Stretch], walls: Walls) -> tuple[Lines, Floats, NDArray[np.int64]]:
    """Give the stretches, then the pavements beside them; how much of each line is walked; and whose pavements where.

    The latter are float64 [line], and int64 [stretch + 1], into the pavements.
    """
    sides = np.array([stretch.pavements for stretch in stretches], dtype=np.bool_).reshape(-1, 2)
    of, right = np.nonzero(sides)
    walked = [*stretches, *(stretches[one] for one in of.tolist())]
    points = np.concatenate([stretch.lonlat for stretch in walked])
    start = np.concatenate([np.zeros(1, np.int64), np.cumsum([len(stretch.lonlat) for stretch in walked])])
    unknown = (math.nan, math.nan)
    levels = np.array([unknown if one.levels is None else one.levels for one in walked], dtype=np.float32)
    enclosed = np.array([one.enclosed for one in walked], dtype=np.bool_)
    side = np.concatenate([np.zeros(len(stretches)), np.where(right == 1, RIGHT, LEFT)]).astype(np.int8)
    count = sides.sum(axis=1)
    share = np.concatenate([np.where(count == 0, 1.0, 0.0), 1.0 / np.maximum(count, 1)[of]])
    beside = np.concatenate([np.zeros(1, np.int64), np.cumsum(count)])
    return lines_along(Ways(points, start, enclosed, levels, side), walls), share, beside


def _unmapped(stretches: Sequence[Stretch], spread: Spread) -> Floats:
    """Give the risk of stretches by cameras that nobody mapped, float64 [stretch, column]."""
    factors = np.array([spread.enclosed if stretch.enclosed else spread.open for stretch in stretches])
    walked: Floats = factors * np.array([_walked(stretch) for stretch in stretches])[:, None]
    return walked


def _walked(stretch: Stretch) -> float:
    """Give the risk by unmapped cameras on the side that is walked, the mean of both if nobody says which."""
    left, right = stretch.unmapped
    on_left, on_right = stretch.pavements
    return (left + right) / 2 if on_left == on_right else left if on_left else right


def _range(of_column: dict[int, float]) -> Range:
    return Range(*(of_column.get(at, of_column[_DEFAULT]) for at in range(len(Range._fields))))


def _risk(bare: dict[int, Floats], unmapped: Range, watch: Watch) -> Risk:
    """Put together how likely a walk is recognised, from the chance by camera under each column."""
    values = list(watch.model.columns())
    chance = {at: one * watch.sure[at] for at, one in bare.items()}
    risk = {at: float(-np.log1p(-np.minimum(one, _SURELY)).sum()) + unmapped[at] for at, one in chance.items()}
    could = {
        at: float((one * values[at].hit_rate * values[at].night_factor >= values[at].recognises_from).sum())
        for at, one in bare.items()
    }
    return Risk(
        risk=_range(risk),
        recognition=_range({at: -math.expm1(-one) for at, one in risk.items()}),
        unmapped=-math.expm1(-unmapped.default),
        expected=_range({at: float(one.sum()) + unmapped[at] for at, one in chance.items()}),
        could_recognise=_range(could),
    )


def _meetings(views: Views, spans: Floats, bare: dict[int, Floats], watch: Watch) -> tuple[Meeting, ...]:
    """Tell which cameras see the walker, where first, and how likely each recognises her."""
    camera, count = views.camera, len(watch.cameras)
    at_m = np.full(count, np.inf)
    np.minimum.at(at_m, camera, spans[:, 0])
    # of the places where it may hang, each has its share in what is told
    seen_m = np.bincount(camera, (spans[:, 1] - spans[:, 0]) * views.share, minlength=count)
    matched = bare[_DEFAULT] * watch.model.default.hit_rate * watch.model.default.night_factor
    met = np.flatnonzero(seen_m > _SHORTEST_SPAN_M)
    # by columns, since thousands of cameras may come with a request
    chances = {at: (chance * watch.sure[at])[met].tolist() for at, chance in bare.items()}
    columns = [chances.get(at, chances[_DEFAULT]) for at in range(len(Range._fields))]
    rows = zip(
        met.tolist(), at_m[met].tolist(), seen_m[met].tolist(), matched[met].tolist(), map(Range, *columns), strict=True
    )
    found = [Meeting(watch.cameras[one], *rest) for one, *rest in rows]
    return tuple(sorted(found, key=lambda meeting: (meeting.at_m, meeting.camera.id)))


def _union(spans: Floats) -> Floats:
    """Merge spans that touch or overlap, float64 [span, 2] in order; specks are dropped."""
    if len(spans) == 0:
        return spans
    spans = spans[np.argsort(spans[:, 0], kind="stable")]
    reached = np.maximum.accumulate(spans[:, 1])
    opens = np.concatenate([[True], spans[1:, 0] > reached[:-1] + _SHORTEST_SPAN_M])
    last = np.concatenate([np.flatnonzero(opens)[1:] - 1, [len(spans) - 1]])
    merged = np.column_stack([spans[opens, 0], reached[last]])
    kept: Floats = merged[np.diff(merged)[:, 0] > _SHORTEST_SPAN_M]
    return kept
