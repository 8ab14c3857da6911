"""``sidestep nearest``: a start and many places in, walks to any of them out; or all that is reached unseen."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from routing.commands.route import from_stdin, understood
from routing.console import AREA_HELP, PlacesCommand, bar, is_terminal, notice, put, waiting
from routing.errors import BadUsageError

if TYPE_CHECKING:
    from routing.area import Area
    from routing.model import LonLat

_FORMS = ("text", "json", "geojson", "gpx")


@click.command(cls=PlacesCommand)
@click.argument("start", metavar="FROM")
@click.option(
    "--to", "targets", metavar="KIND|PLACE,PLACE…", multiple=True,
    help="A kind of place (pharmacy, metro, toilet, supermarket, аптека, …), or places with commas between; may be "
    "given several times.",
)  # fmt: skip
@click.option(
    "--unseen-within", "time", metavar="TIME",
    help="Instead of walks: all ways that are reached in this time (15min, 1h) while no mapped camera sees you.",
)  # fmt: skip
@click.option("--area", "area_name", metavar="DIR", help=AREA_HELP)
@click.option(
    "--detour", default="30%", show_default=True,
    help="How much longer than the walk to the nearest one: 30%, 400m or 6min.",
)  # fmt: skip
@click.option(
    "--keep-side", is_flag=True, help="You will keep to the side of each street that the steps tell: plan on it."
)
@click.option(
    "--format", "form", type=click.Choice(_FORMS),
    help="Default: text; geojson where --unseen-within is written to a file.",
)  # fmt: skip
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="Write there, over what is there."
)
def nearest(
    *,
    start: str,
    targets: tuple[str, ...],
    time: str | None,
    area_name: str | None,
    detour: str,
    keep_side: bool,
    form: str | None,
    output: Path | None,
) -> None:
    """Plan a walk FROM one place to the one of a kind, or of several places, that is reached with the least risk.

    The detour is measured against the walk to the nearest of them. A place is what `sidestep route` takes. A kind that
    the area does not have is answered with the list of those it has.

    \b
    Examples:
      sidestep nearest Rautatientori --to pharmacy
      sidestep nearest 60.16990,24.93840 --to metro --detour 5min
      sidestep nearest Kamppi --to "Kiasma, Oodi, Ateneum" --format gpx -o walk.gpx
      sidestep nearest Esplanadi --unseen-within 15min -o reach.geojson
    """
    from routing.router import parse_detour
    from routing.unseen import parse_minutes
    from routing.workspace import find_area

    _check_together(targets, time)
    accepted, minutes = parse_detour(detour), None if time is None else parse_minutes(time)
    if minutes is not None and form in {"json", "gpx"}:
        raise BadUsageError("what is reached unseen is written as text or geojson; choose one of these")
    area = find_area(area_name, progress=bar)
    start, *wanted = from_stdin([start, *targets])
    here, told, _ = understood(area, start)
    if minutes is not None:
        put(_reach(area, here, minutes, form or ("geojson" if output is not None else "text")), output)
        return
    from routing.formats import FORMATS
    from routing.kinds import meant
    from routing.nearby import nearest as plan_nearest
    from routing.rounding import wrapped
    from routing.router import snap_one
    from routing.text import as_text

    aims = meant(area.places, wanted)
    whither = wrapped(f"To: {'; '.join(aim.told for aim in aims)}", hanging=4)
    places = list(dict.fromkeys(place for aim in aims for place in aim.places))
    for place in places:
        if (
            place.kind == "position"
        ):  # what was typed must be there; of what the map has, something may lie off the ways
            snap_one(area, place.lonlat, place.names[0])
    with waiting("planning the walk; the very first one takes up to a minute ..."):  # numba compiles the search
        answer = plan_nearest(area, here, places, accepted, keep_side=keep_side)
    if form in {None, "text"}:
        count = "the one place" if len(places) == 1 else f"{len(places):,} places"
        heading = wrapped(f"From {told or 'the position given'} to the nearest of {count}")
        put(f"{heading}\n{whither}\n\n" + as_text(answer, style=output is None and is_terminal(sys.stdout)), output)
    else:
        notice(whither)
        put(FORMATS[str(form)](answer), output)


def _check_together(targets: tuple[str, ...], time: str | None) -> None:
    """Refuse options that do not go together: where no walk is planned, none says how to walk."""
    if bool(targets) == (time is not None):
        raise BadUsageError("say whither: --to KIND or --to PLACE,PLACE…, or --unseen-within TIME, one of the two")
    if time is None:
        return
    given = click.get_current_context().get_parameter_source
    told = [name for name in ("detour", "keep_side") if given(name) == ParameterSource.COMMANDLINE]
    if told:
        names = " and ".join(f"--{name.replace('_', '-')}" for name in told)
        raise BadUsageError(
            f"--unseen-within and {names} do not go together, for it plans no walk: leave out one of them"
        )


def _reach(area: Area, here: LonLat, minutes: float, form: str) -> str:
    """Write what is reached unseen."""
    from routing.unseen import as_geojson, as_text, unseen_within

    with waiting("looking for ways; only the very first time takes up to a minute ..."):
        reached = unseen_within(area, here, minutes)
    return as_text(reached) if form == "text" else as_geojson(reached)
