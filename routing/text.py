"""A plan in words, for people: what is known of the area, a table of the walks, pictures, directions, cameras met."""

from __future__ import annotations

import re
from calendar import month_name
from itertools import accumulate
from typing import TYPE_CHECKING

import numpy as np

from routing.front_text import front_text
from routing.model import ATTRIBUTION, WALK_SPEED_MPS
from routing.rounding import cameras_word, name_of, percent, plain, seconds, whole, wrapped
from routing.why import unseen_walk, why

if TYPE_CHECKING:
    from collections.abc import Sequence

    from routing.model import Camera, Coverage, Place
    from routing.plans import Meeting, Plan, Risk, Route, Score, Step

MARKS = 60  # length of the longest picture
_MOST_MET = 20  # cameras told of under one step; JSON has them all
_WORTH_TELLING = 0.005  # of one camera's chance
_AT_ENDS = "lie within 50 m of the start or the end, where there is least to choose"
_ENCLOSED = "are counted only because the way is indoor, covered or underground (an assumption)"
ASSUMED = (
    "These numbers rest on assumptions (how many cameras recognise faces, how fast, how well): compare walks by them, "
    "and believe none of them for itself."
)
_CAMERA_TYPES = {"dome": "dome camera", "fixed": "fixed camera", "panning": "turning camera"}


def as_text(plan: Plan, *, describe: str | None = None, style: bool = False, front: bool = False) -> str:
    """Write a plan for people, at most 80 columns wide where words allow.

    What is known of the area comes first, then notes, the alternatives, where each is in view, and directions.

    Parameters
    ----------
    describe
        Name of the route that gets directions; the last one (the least seen) where ``None`` or not among the routes.
    style
        Bold headings, for a terminal that knows ANSI.
    front
        Tell the whole choice, too.

    Examples
    --------
    >>> from routing.model import Coverage
    >>> from routing.plans import Plan
    >>> print(as_text(Plan(Coverage("Kamppi", "2019-04-21", 0, 0.0, 0.0), (), ())))
    Kamppi: no camera is mapped here, data of April 2019. Nothing is known.
    <BLANKLINE>
    © OpenStreetMap contributors, Open Database License 1.0
    <BLANKLINE>
    """
    blocks = [wrapped(coverage_line(plan.coverage)), *(wrapped(plain(note.text)) for note in plan.notes)]
    if plan.routes:
        named = [route for route in plan.routes if route.name == describe]
        blocks.append(_table(plan.routes, style=style))
        if any(route.reached is not None for route in plan.routes):
            blocks.append(_ends(plan.routes))
        if any(route.score.risk.risk.high > 0 for route in plan.routes):
            blocks.append(_chances(plan.routes))
        if plan.coverage.cameras or any(route.score.meetings for route in plan.routes):
            blocks.append(_pictures(plan.routes))
        blocks += [block for block in (_compare(plan.routes), _caveats(plan.routes)) if block]
        if front:
            blocks.append(front_text(plan))
        known = plan.coverage.cameras > 0  # where nothing is known, nothing is said of who sees it
        if plan.certificate is not None:
            blocks.append("\n".join(wrapped(told, hanging=2) for told in why(plan)))
        told_of = [(named or plan.routes[-1:])[0], unseen_walk(plan)]
        blocks += [_directions(route, known=known, style=style) for route in told_of if route is not None]
    return "\n\n".join((*blocks, ATTRIBUTION)) + "\n"


def picture(score: Score, marks: int) -> str:
    """Draw a walk as so many marks: ``█`` in view for at least half of its part, ``▓`` for less, ``·`` not at all.

    Examples
    --------
    >>> import numpy as np
    >>> from routing.plans import Score
    >>> picture(Score(100.0, 35.0, 0.0, 0.0, (), np.array([[20.0, 55.0]])), 10)
    '··████····'
    """
    edges = np.linspace(0.0, score.length_m, marks + 1)
    spans = np.asarray(score.in_view_spans_m, dtype=np.float64).reshape(-1, 1, 2)
    overlap = np.minimum(spans[..., 1], edges[1:]) - np.maximum(spans[..., 0], edges[:-1])
    seen = np.clip(overlap, 0.0, None).sum(axis=0)
    half = score.length_m / marks / 2
    return "".join("·" if part <= 0 else "█" if part >= half else "▓" for part in seen.tolist())


def coverage_line(coverage: Coverage) -> str:
    """Say what is known of the area, and that the rest is not."""
    name = plain(coverage.name)
    date = f"data of {_month(coverage.osm_date)}" if coverage.osm_date else "data of unknown date"
    if coverage.cameras == 0:
        return f"{name}: no camera is mapped here, {date}. Nothing is known."
    density = coverage.cameras_per_km2
    per_km2 = f"{density:,.0f} per km²" if density >= 10 else f"{density:.1f} per km²"  # noqa: PLR2004
    parts = [f"{cameras_word(coverage.cameras)} mapped", per_km2, _directed(coverage)]
    if coverage.oldest and coverage.newest:
        oldest, newest = _month(coverage.oldest), _month(coverage.newest)
        parts.append(f"dated {oldest}" if oldest == newest else f"dated {oldest} to {newest}")
    if coverage.surveyed_share:
        parts.append(f"streets surveyed for cameras: {coverage.surveyed_share:.0%}")
    return f"{name}: {', '.join((*parts, date))}. Nothing is known of what is not mapped."


def _bold(text: str, *, style: bool) -> str:
    return f"\x1b[1m{text}\x1b[0m" if style else text


def _distance(metres: float) -> str:
    """Say a length as on the way: 4 m, 65 m, 340 m, 1.2 km."""
    step = 1 if metres < 10 else 5 if metres < 100 else 10  # noqa: PLR2004 - the digits a walker can use
    near = whole(metres / step) * step
    return f"{near} m" if near < 1000 else f"{metres / 1000:.1f} km"  # noqa: PLR2004 - metres in a kilometre


def _minutes(metres: float) -> int:
    return whole(metres / WALK_SPEED_MPS / 60)


def _month(date: str) -> str:
    """Say ``2019-04`` or ``2019-04-21`` as "April 2019"; anything else as it is."""
    found = re.match(r"(\d{4})-(0[1-9]|1[0-2])(?!\d)", date)
    return f"{month_name[int(found[2])]} {found[1]}" if found else plain(date)


def _directed(coverage: Coverage) -> str:
    """Say how many cameras have a direction."""
    share = coverage.directions_known
    if coverage.cameras == 1:
        return "with a direction" if share > 0 else "without a direction"
    if share <= 0:
        return "none with a direction"
    number = round(share * coverage.cameras)
    return "all with a direction" if share >= 1 else f"{min(max(number, 1), coverage.cameras - 1):,} with a direction"


def _table(routes: Sequence[Route], *, style: bool) -> str:
    head = ("minutes", "metres", "extra m", "m in view", "s in view", "cameras")
    lines = [_bold("walk      " + "".join(f"{word:>11}" for word in head), style=style)]
    for route in routes:
        length_m, in_view_m = route.score.length_m, route.score.in_view_m
        cells = (_minutes(length_m), whole(length_m), whole(route.detour_m), whole(in_view_m), seconds(in_view_m))
        lines.append(f"{name_of(route):<10}" + "".join(f"{n:>11,}" for n in (*cells, len(route.score.meetings))))
    return "\n".join(lines)


def _ends(routes: Sequence[Route]) -> str:
    """Say at which of several places each walk ends."""
    told = [(route, place_words(route.reached)) for route in routes if route.reached is not None]
    return "\n".join(wrapped(f"{name_of(route):<10}  to {words}", hanging=12) for route, words in told)


def place_words(place: Place) -> str:
    """Name a place and its kind.

    Examples
    --------
    >>> from routing.model import LonLat, Place
    >>> place_words(Place(("Oodi",), "library", LonLat(24.9, 60.2)))
    'Oodi (library)'
    """
    return f"{plain(place.names[0])} ({plain(place.kind)})"


def _chances(routes: Sequence[Route]) -> str:
    """Say how likely each walk is recognised, and how little is known of that."""
    lines = ["Chance to be recognised at least once, with a low and a high estimate:"]
    lines += [wrapped(f"{name_of(route):<10}  {chance_line(route.score.risk)}", hanging=12) for route in routes]
    return "\n".join((*lines, wrapped(ASSUMED)))


def chance_line(risk: Risk) -> str:
    """Say how likely a walk is recognised.

    Examples
    --------
    >>> from routing.plans import Range, Risk
    >>> chance_line(Risk(recognition=Range(0.03, 0.12, 0.4), unmapped=0.1, could_recognise=Range(0, 1, 3)))
    '12 % (3.0 % to 40 %), 10 % by cameras that nobody mapped; 1 mapped camera could recognise you (0 to 3)'
    """
    low, middle, high = map(percent, risk.recognition)
    fewest, could, most = map(whole, risk.could_recognise)
    words = f"{middle} ({low} to {high}), {percent(risk.unmapped)} by cameras that nobody mapped"
    mapped = "mapped camera" if could == 1 else "mapped cameras"
    return f"{words}; {could:,} {mapped} could recognise you ({fewest:,} to {most:,})" if most else words


def _pictures(routes: Sequence[Route]) -> str:
    """One picture a walk, all to one scale."""
    mark_m = max(*(route.score.length_m for route in routes), 1.0) / MARKS
    lines = [f"In view: █ yes, ▓ in part, · of no mapped camera; one mark is {_distance(mark_m)}."]
    for route in routes:
        marks = max(1, round(route.score.length_m / mark_m))
        lines.append(f"{name_of(route):<10}  {picture(route.score, marks)}")
    return "\n".join(lines)


def _compare(routes: Sequence[Route]) -> str:
    """Say what each walk costs and saves against the first, from the numbers of the table."""
    first = routes[0]
    lines = []
    for route in routes[1:]:
        minutes = _minutes(route.score.length_m) - _minutes(first.score.length_m)
        in_view = whole(route.score.in_view_m) - whole(first.score.in_view_m)
        cameras = len(route.score.meetings) - len(first.score.meetings)
        before, after = (one.score.risk.risk.default for one in (first, route))
        saved = whole(100 * (before - after) / max(before, 1e-12))
        words = (
            f"{minutes:+d} min" if minutes else "no more minutes",
            f"{abs(saved)} % {'less' if saved > 0 else 'more'} risk" if saved else "as much risk",
            f"{abs(in_view):,} m {'less' if in_view < 0 else 'more'} in view" if in_view else "as much in view",
            f"{cameras_word(abs(cameras))} {'fewer' if cameras < 0 else 'more'}" if cameras else "as many cameras",
        )
        lines.append(
            wrapped(f"{name_of(route).capitalize()}, against {name_of(first)}: {', '.join(words)}.", hanging=2)
        )
    return "\n".join(lines)


def _caveats(routes: Sequence[Route]) -> str:
    """Tell apart what nobody can choose and what is only assumed."""
    ends = [route.score.ends_in_view_m for route in routes]
    enclosed = [route.score.enclosed_m for route in routes]
    lines = [
        wrapped(f"Of the metres in view, {_each(routes, metres)} {words}.")
        for metres, words in ((ends, _AT_ENDS), (enclosed, _ENCLOSED))
        if any(metres)
    ]
    avoided = [route.avoided_m for route in routes if route.avoided_m is not None]
    if avoided:
        lines.append(wrapped(f"On what you wish to avoid: {_each(routes, avoided)}."))
    shares = [route.surveyed_share for route in routes if route.surveyed_share is not None]
    if shares:
        told = ", ".join(f"{share:.0%} ({name_of(route)})" for share, route in zip(shares, routes, strict=True))
        lines.append(wrapped(f"On streets where somebody looked for cameras: {told}."))
    return "\n".join(lines)


def _each(routes: Sequence[Route], metres: Sequence[float]) -> str:
    """Give one length if all are alike, else one a walk."""
    said = [f"{whole(value):,} m" for value in metres]
    if len(set(said)) == 1:
        return said[0] + (" each" if len(said) > 1 else "")
    return ", ".join(f"{value} ({name_of(route)})" for value, route in zip(said, routes, strict=True))


def _directions(route: Route, *, known: bool, style: bool) -> str:
    """Give the steps in order, under each the cameras that first see the walker there."""
    ends = list(accumulate(step.length_m for step in route.steps))
    last = max((index for index, step in enumerate(route.steps) if step.length_m > 0), default=0)
    lines = [_bold(f"Directions, {name_of(route)}", style=style)]
    waiting = list(route.score.meetings)
    if known and not waiting:
        lines.append("No mapped camera sees this walk.")
    for index, step in enumerate(route.steps):
        lines.append(_step(index + 1, step))
        met = [meeting for meeting in waiting if meeting.at_m < ends[index] or index >= last]
        waiting = waiting[len(met) :]
        lines += map(meeting_line, met[:_MOST_MET])
        if len(met) > _MOST_MET:
            lines.append(f"    and {cameras_word(len(met) - _MOST_MET)} more")
    return "\n".join((*lines, *map(meeting_line, waiting[:_MOST_MET])))


def _step(number: int, step: Step) -> str:
    length = f", {_distance(step.length_m)}" if step.length_m > 0 else ""
    return wrapped(f"{number:>2}. {plain(step.text)}{length}", hanging=4)


def meeting_line(meeting: Meeting) -> str:
    """Describe a camera that sees the walker."""
    camera = meeting.camera
    length = f"{whole(meeting.in_view_m):,} m" if meeting.in_view_m >= 1 else "less than 1 m"
    chance = [f"recognises with {percent(meeting.chance.default)}"] if meeting.chance.default >= _WORTH_TELLING else []
    words = [_kind(camera), f"{length} in view", *chance, _looks(camera), *_standing(camera)]
    return wrapped(f"at {whole(meeting.at_m):,} m: {', '.join((*words, plain(camera.id)))}", indent=4, hanging=2)


def _kind(camera: Camera) -> str:
    if camera.tags.get("surveillance:type", "").lower() in {"alpr", "anpr"}:
        return "number plate camera"
    return _CAMERA_TYPES.get(camera.tags.get("camera:type", ""), "camera of unknown type")


def _looks(camera: Camera) -> str:
    """Say whither it looks, in the map's own words."""
    value = plain(camera.tags.get("camera:direction", camera.tags.get("direction", ""))).strip()
    if not value:
        return "direction unknown"
    return f"looks {value}°" if re.fullmatch(r"\d+(\.\d+)?", value) else f"looks {value}"


def _standing(camera: Camera) -> list[str]:
    """Say how far the record is to be believed."""
    words = [plain(camera.status)] if camera.status != "confirmed" else []
    if camera.fr == "yes":
        words.append("face recognition")
    where = "on the map" if camera.evidence == "osm" else "reported"
    return [*words, f"{where} {_month(camera.last_seen)}" if camera.last_seen else f"{where}, date unknown"]
