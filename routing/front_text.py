"""The front in words and marks: every walk worth its length, what each costs and saves, and the curve they lie on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routing.model import WALK_SPEED_MPS
from routing.rounding import cameras_word, name_of, percent, seconds, whole, wrapped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from routing.plans import FrontPoint, Plan, Route

_WIDE, _HIGH = 60, 12  # marks of the curve


def front_text(plan: Plan) -> str:
    """List the walks of the front, by length, and draw them.

    Examples
    --------
    >>> from routing.model import Coverage
    >>> from routing.plans import FrontPoint, Plan
    >>> points = (FrontPoint(800.0, 0.2, 0.18, 90.0, 4), FrontPoint(884.0, 0.1, 0.095, 20.0, 1))
    >>> print(front_text(Plan(Coverage("Kamppi", None, 9, 0.0, 0.0), (), points)).splitlines()[2])
    +1 min    +84 m   9.5 %  50 % less risk, seen 50 s less, 3 cameras fewer
    """
    if not plan.front:
        return ""
    names = {_key(route): route for route in plan.offered}
    lines = ["The whole choice: for each detour the walk of least risk (few stand for many)"]
    for point in plan.front:
        route = names.get((whole(10 * point.length_m), point.cameras))
        lines.append(_row(point, plan.front[0], "" if route is None else f" [{name_of(route)}]"))
    shared = [wrapped(_ALSO)] if plan.also else []
    return "\n".join((*lines, *([] if len(plan.front) < 2 else _curve(plan.front)), *shared))  # noqa: PLR2004


_ALSO = (
    'Walks in brackets have directions of their own in JSON, GeoJSON and GPX; of no two of those named "also" and the '
    "others is more than 80 % of the shorter one the same."
)


def _key(route: Route) -> tuple[int, int]:
    return whole(10 * route.score.length_m), len(route.score.meetings)


def _row(point: FrontPoint, first: FrontPoint, name: str) -> str:
    """Say what a walk costs and saves against the shortest."""
    more_m = point.length_m - first.length_m
    minutes = whole(more_m / WALK_SPEED_MPS / 60)
    head = f"{f'+{minutes} min':<7} {f'+{whole(more_m):,} m':>8} {percent(point.recognition):>7}"
    return wrapped(f"{head}  {', '.join(_saved(point, first)) or 'the shortest'}{name}", hanging=26)


def _saved(point: FrontPoint, first: FrontPoint) -> list[str]:
    if point is first:
        return []
    risk = whole(100 * (1.0 - point.risk / max(first.risk, 1e-12)))
    shorter_s = seconds(first.in_view_m) - seconds(point.in_view_m)
    fewer = first.cameras - point.cameras
    words = [f"{risk} % less risk"] if risk else []
    words += [f"seen {abs(shorter_s)} s {'less' if shorter_s > 0 else 'more'}"] if shorter_s else []
    return words + ([f"{cameras_word(abs(fewer))} {'fewer' if fewer > 0 else 'more'}"] if fewer else [])


def _curve(points: Sequence[FrontPoint]) -> list[str]:
    """Draw chance against length."""
    first, last = points[0], points[-1]
    wide_m = max(last.length_m - first.length_m, 1e-9)
    most = max(point.recognition for point in points)
    rows = [[" "] * (_WIDE + 1) for _ in range(_HIGH + 1)]
    for point in points:
        column = whole(_WIDE * (point.length_m - first.length_m) / wide_m)
        rows[_HIGH - whole(_HIGH * point.recognition / max(most, 1e-12))][column] = "●"
    label = [percent(most) if row == 0 else "0 %" if row == _HIGH else "" for row in range(_HIGH + 1)]
    lines = [f"{text:>8} │{''.join(row).rstrip()}" for text, row in zip(label, rows, strict=True)]
    end = f"+{whole(wide_m):,} m"
    axis = [f"{'':>8} └{'─' * (_WIDE + 1)}", f"{'0':>11}{end:>{_WIDE}}"]
    return ["", "Chance to be recognised, by extra metres:", *lines, *axis]
