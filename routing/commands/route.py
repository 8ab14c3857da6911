"""``sidestep route``: two places and an area in, walks out."""

from __future__ import annotations

import re
import secrets
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from routing.console import AREA_HELP, PlacesCommand, bar, is_terminal, notice, put, typed_line, waiting
from routing.errors import BadUsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from routing.area import Area
    from routing.model import Circle, LonLat, Place, RouteRequest, Wishes
    from routing.plans import Plan

    Spot = tuple[Circle | str, str]  # what is meant, and what it is called

_WIDTH = 80  # columns, as the rest of the text has
_SEED = "--vary takes a whole number of up to nine digits, from 0 on (--vary=2718), or nothing to draw one"
_SEEDS = 10_000  # few enough to be typed again
_GIVEN = "the position given"
_RADIUS = re.compile(r"(?P<place>.*):(?P<number>[0-9]{1,6}(?:\.[0-9]{1,3})?) *(?P<unit>m|km|)", re.DOTALL)
_WISHES = (
    click.option(
        "--avoid",
        metavar="PLACE[:RADIUS]",
        multiple=True,
        help="A street of the area by its name, or what is within RADIUS (such as 250m; else 100m) of a place.",
    ),
    click.option(
        "--prefer", metavar="PLACE[:RADIUS]", multiple=True, help="Walk there rather than elsewhere; the same."
    ),
    click.option("--avoid-stairs", is_flag=True, help="No stairs or escalators, if there is a way round them."),
    click.option(
        "--avoid-unlit",
        is_flag=True,
        help="Rather not where the map says that there is no light. Of most streets it says nothing of light.",
    ),
    click.option(
        "--avoid-busy", is_flag=True, help="Rather not along secondary and larger roads, nor on pavements beside them."
    ),
    click.option("--reverse", is_flag=True, help="Plan the way back: from TO to FROM."),
)


def _with_wishes(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of what somebody would rather walk on or not."""
    for option in reversed(_WISHES):
        command = option(command)
    return command


class _RouteCommand(PlacesCommand):
    """What click would call an option of its own is a seed below 0."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Refuse such a seed."""
        if re.search(r"(?:^|\n)--vary[=\n]-[0-9]", "\n".join(args)):
            raise BadUsageError(_SEED)
        return super().parse_args(ctx, args)


@click.command(cls=_RouteCommand)
@click.argument("start", metavar="FROM")
@click.argument("end", metavar="TO")
@click.option("--via", metavar="PLACE", multiple=True, help="Pass here on the way; may be given several times.")
@click.option("--area", "area_name", metavar="DIR", help=AREA_HELP)
@click.option(
    "--detour", default="30%", show_default=True, help="How much longer than the shortest: 30%, 400m or 6min."
)
@click.option(
    "--keep-side", is_flag=True, help="You will keep to the side of each street that the steps tell: plan on it."
)
@_with_wishes
@click.option(
    "--front", is_flag=True, help="Tell the whole choice: what each detour buys, and up to two walks more that differ."
)
@click.option(
    "--plot", type=click.Path(path_type=Path), metavar="FILE", help="Draw that choice as FILE.png or FILE.svg."
)
@click.option(
    "--vary",
    "seed",
    is_flag=False,
    flag_value="",
    metavar="[SEED]",
    help="Pick among walks of nearly the least risk, another each time; the seed that is told gives the same again.",
)
@click.option(
    "--why", is_flag=True, help="Tell also which cameras a detour dodges, at what price, and which nobody can dodge."
)
@click.option(
    "--format", "form", type=click.Choice(["text", "json", "geojson", "gpx"]), default="text", show_default=True
)
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="Write there, over what is there."
)
def route(
    *,
    start: str,
    end: str,
    via: tuple[str, ...],
    area_name: str | None,
    detour: str,
    keep_side: bool,
    front: bool,
    plot: Path | None,
    seed: str | None,
    why: bool,
    form: str,
    output: Path | None,
    avoid: tuple[str, ...],
    prefer: tuple[str, ...],
    avoid_stairs: bool,
    avoid_unlit: bool,
    avoid_busy: bool,
    reverse: bool,
) -> None:
    """Plan a walk FROM one place TO another.

    A place is LAT,LON, a geo: URI, a pasted link of OpenStreetMap, Google, Yandex or 2GIS maps, a name or an address in
    the area, or - to read it from standard input, so that it stays out of your shell's history.

    What you avoid or prefer is weighed with the risk within the detour; shortest stays the shortest. Where it cannot be
    left out, walks have some of it, and how much is told.

    \b
    Examples:
      sidestep route Rautatientori Senaatintori
      sidestep route 60.16990,24.93840 60.17600,24.95000
      sidestep route Kamppi Senaatintori --keep-side --detour 10%
      sidestep route Kamppi Senaatintori --front --why --plot choice.svg
      sidestep route Kamppi Senaatintori --vary
      sidestep route Kamppi Senaatintori --vary=2718
      sidestep route Kamppi Senaatintori --avoid-stairs --avoid Kaivokatu --avoid Kiasma:150m
      sidestep route Kamppi Senaatintori --prefer Aleksanterinkatu --avoid-busy --reverse
      sidestep route "Mannerheimintie 5" geo:60.176,24.95 --format gpx -o walk.gpx
      printf 'Rautatientori\\nSenaatintori\\n' | sidestep route - -
    """
    from routing.certificates import certify
    from routing.formats import FORMATS
    from routing.model import Wishes
    from routing.router import parse_detour, plan
    from routing.text import as_text
    from routing.workspace import find_area

    accepted, drawn, picked = parse_detour(detour), _form_of(plot, output), _seed_of(seed)
    area = find_area(area_name, progress=bar)
    places = [understood(area, text) for text in from_stdin([start, *via, end])]
    places = places[::-1] if reverse else places
    avoided, preferred = ([_spot(area, text) for text in from_stdin(texts)] for texts in (avoid, prefer))
    spots = [tuple(spot for spot, _ in found) for found in (avoided, preferred)]
    wishes = Wishes(avoid_stairs, avoid_unlit, avoid_busy, *spots)
    request = replace(
        _between(places), detour=accepted, keep_side=keep_side, seed=picked, front=front, why=why, wishes=wishes
    )
    with waiting("planning the walk; the very first one takes up to a minute ..."):  # numba compiles the search
        answer = plan(area, request)
        if why:
            answer = replace(answer, certificate=certify(area, request, answer))
    _draw(answer, plot, drawn)
    if form == "text":
        style = output is None and is_terminal(sys.stdout)
        heading = _heading([place.told for place in places], [*_kinds(wishes), *_names(avoided)], _names(preferred))
        put(heading + as_text(answer, style=style, front=front), output)
    else:
        put(FORMATS[form](answer), output)


def _between(places: Sequence[Understood]) -> RouteRequest:
    """Ask for a walk by some places, in their order."""
    from routing.model import RouteRequest

    first, *stops, last = [place.lonlat for place in places]
    return RouteRequest(first, last, tuple(stops), via_names=tuple(place.name for place in places[1:-1]))


def _form_of(plot: Path | None, output: Path | None) -> str:
    """Give the form in which a picture is drawn; it has a file of its own."""
    from routing.figures import FORMS

    form = "" if plot is None else plot.suffix.lower().lstrip(".")
    if plot is not None and form not in FORMS:
        raise BadUsageError("--plot draws FILE.png or FILE.svg")
    if plot is not None and output is not None and _is_one_file(plot, output):
        raise BadUsageError("-o and --plot name the same file, and one would replace the other: give each its own")
    return form


def _is_one_file(one: Path, other: Path) -> bool:
    try:
        return one.resolve() == other.resolve() or one.samefile(other)
    except (OSError, RuntimeError):  # one is not there yet, or cannot be looked at: writing it tells why
        return False


def _seed_of(text: str | None) -> int | None:
    """Read a seed, or draw one where none was given."""
    if text is None:
        return None
    if not text:
        return secrets.randbelow(_SEEDS)
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise BadUsageError(_SEED)
    return int(text)


def _draw(answer: Plan, plot: Path | None, form: str) -> None:
    if plot is None:
        return
    from routing.files import written_whole
    from routing.plot import plot_front

    with written_whole(plot) as draft:
        plot_front(answer, draft, form)
    notice(f"{plot}: drawn.")


def from_stdin(texts: Sequence[str]) -> list[str]:
    """Put a line of standard input where a place is given as ``-``."""
    return [typed_line("a place") if text == "-" else text for text in texts]


class Understood(NamedTuple):
    """A place that was typed.

    Attributes
    ----------
    told
        Which place was understood, ``None`` for a position.
    name
        Its name on the map, ``""`` for a position.
    """

    lonlat: LonLat
    told: str | None
    name: str


def understood(area: Area, text: str) -> Understood:
    """Give the position that is meant, and which place was understood, if it was named."""
    from routing.places import find
    from routing.points import parse_point

    point = parse_point(text)
    if point is not None:
        return Understood(point, None, "")
    place = find(area.places, text)
    return Understood(place.lonlat, _told(place, text), place.names[0])


def _spot(area: Area, text: str) -> Spot:
    """Find a street, or a place and what is near it; and how to tell which was understood."""
    from routing.errors import BadUsageError
    from routing.model import NEAR_M, Circle
    from routing.points import parse_point
    from routing.rounding import plain
    from routing.wishes import spot_of

    parts = _RADIUS.fullmatch(text)
    if parts is None and parse_point(text) is None:
        spot, name = spot_of(area, text)
        return spot, (plain(name) if isinstance(spot, str) else f"{spot.radius_m:.0f} m around {plain(name)}")
    if parts is None:
        radius_m, where = NEAR_M, text
    elif parts["unit"]:
        radius_m, where = float(parts["number"]) * (1000 if parts["unit"] == "km" else 1), parts["place"]
    else:
        raise BadUsageError("a radius needs its unit, such as 250m")
    centre = understood(area, where)
    return Circle(centre.lonlat, radius_m), f"{radius_m:.0f} m around {centre.told or _GIVEN}"


def _kinds(wishes: Wishes) -> Iterator[str]:
    """Name the kinds of street that are to be avoided."""
    for wanted, name in (
        (wishes.avoid_stairs, "stairs"), (wishes.avoid_unlit, "unlit streets"), (wishes.avoid_busy, "busy roads")
    ):  # fmt: skip
        if wanted:
            yield name


def _names(spots: Sequence[Spot]) -> list[str]:
    return [name.removesuffix(",") for _, name in spots]


def _heading(places: Sequence[str | None], avoided: Sequence[str], preferred: Sequence[str]) -> str:
    """Say which places were understood, where any was named; a position that was typed is never repeated."""
    from textwrap import fill

    told = []
    if any(places):
        first, *stops, last = [place or _GIVEN for place in places]
        told.append(" ".join([f"From {first}", *(f"by {stop}" for stop in stops), f"to {last.removesuffix(',')}"]))
    for what, names in (("Avoiding", avoided), ("Preferring", preferred)):
        if names:
            told.append(f"{what} {', '.join(names)}")
    lines = [fill(text, _WIDTH, break_long_words=False, break_on_hyphens=False) for text in told]
    return "".join(f"{line}\n" for line in lines) + "\n" * bool(lines)


def _told(place: Place, typed: str) -> str:
    """Name a place, and what was typed where that is none of its names, in whatever order of words."""
    from routing.rounding import plain
    from routing.spelling import fold, words_of

    def words(text: str) -> list[str]:
        found = words_of(fold(text))
        return sorted((*found.street, *found.rest))

    told = f"{plain(place.names[0])} ({place.kind})"
    return told if words(typed) in map(words, place.names) else f'{told}, for "{plain(typed)}",'
