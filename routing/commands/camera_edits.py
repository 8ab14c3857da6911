"""``sidestep cameras add|confirm|dispute|remove|survey|fmt|merge``: changes of files, each whole or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from routing.commands.camera_files import OVERWRITE
from routing.console import PlacesCommand, bar, notice, say, typed_line
from routing.errors import BadUsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from routing.model import Camera, LonLat

_FILE = click.Path(path_type=Path)
_SEEN = click.option("--seen", metavar="MONTH", help="In which month, YYYY-MM. Default: this one.")
_MOUNTS = ("wall", "pole", "ceiling", "street_lamp", "traffic_signals")
_ZONES = ("street", "entrance", "building", "parking", "shop", "bank", "traffic", "station")


@click.command(cls=PlacesCommand)
@click.argument("file", type=_FILE)
@click.argument("at", metavar="AT")
@click.option("--kind", type=click.Choice(["fixed", "dome", "panning"]), help="Unknown if left out.")
@click.option("--direction", metavar="WHITHER", help="Degrees from north, N…NNW, a range 90-270, or several: 30;120.")
@click.option("--mount", type=click.Choice(_MOUNTS), help="What it hangs on.")
@click.option("--zone", type=click.Choice(_ZONES), help="What it watches.")
@click.option("--indoor", is_flag=True, help="It hangs indoors and sees nothing of the street.")
@click.option("--fr", type=click.Choice(["yes", "no", "unknown"]), default="unknown", help="Connected to recognition?")
@_SEEN
@click.option("--evidence", type=click.Choice(["seen", "sign", "official_list"]), help="Default: as the source has it.")
@click.option("--tag", "tags", metavar="KEY=VALUE", multiple=True, help="Another OpenStreetMap tag; several times.")
@click.option("--source", metavar="WHO", default="report", show_default=True, help="report, official or import:NAME.")
@click.option("--anyway", is_flag=True, help="Although a camera that may be the same stands within 15 m.")
def add(
    *,
    file: Path,
    at: str,
    kind: str | None,
    direction: str | None,
    mount: str | None,
    zone: str | None,
    indoor: bool,
    fr: str,
    seen: str | None,
    evidence: str | None,
    tags: tuple[str, ...],
    source: str,
    anyway: bool,
) -> None:
    """Add a camera to FILE, which is begun if there is none, and say its id.

    AT is LAT,LON, a geo: URI, a pasted link of a map, or - to read it from standard input. What is not official is
    unverified and counts little until another month or source confirms it. Nothing is kept of who added it, and nothing
    finer than a month.

    \b
    Examples:
      sidestep cameras add my-city.geojson 60.17012,24.94120 --kind dome
      sidestep cameras add my-city.geojson geo:60.1703,24.9421 --direction 90 --seen 2026-10
    """
    from routing.camera_edits import added, edited, made, month_of

    told = {"camera:type": kind, "camera:direction": _whither(direction), "camera:mount": mount}
    told |= {"surveillance:zone": zone, "surveillance": "indoor" if indoor else "public"}
    wanted = {key: value for key, value in told.items() if value is not None} | _tags(tags, anyway=anyway)
    camera = made(_point(at), wanted, month=month_of(seen), source=source, fr=fr, evidence=evidence)
    edited(file, lambda cameras: added(cameras, camera, anyway=anyway), new=True)
    say(f"{file}: added {camera.id}, {camera.status}\n")


def _whither(direction: str | None) -> str | None:
    from routing.optics import parse_directions

    if direction is not None and not parse_directions(direction):
        raise BadUsageError("--direction is not understood; use degrees, N…NNW or a range like 90-270")
    return direction


def _tags(given: tuple[str, ...], *, anyway: bool) -> dict[str, str]:
    from routing.camera_checks import personal

    tags: dict[str, str] = {}
    for text in given:
        key, equals, value = text.partition("=")
        if not equals or not key.strip() or not value.strip():
            raise BadUsageError("--tag must be KEY=VALUE")
        tags[key.strip()] = value.strip()
        what = personal(key.strip(), value.strip())
        if what is not None and not anyway:
            raise BadUsageError(f"a --tag seems to hold {what}; leave it out, the file is public (or say --anyway)")
    return tags


def _point(text: str) -> LonLat:
    from routing.errors import BadPositionError
    from routing.points import parse_point

    point = parse_point(typed_line("a place") if text == "-" else text)
    if point is None:
        raise BadPositionError("a place is LAT,LON, a geo: URI or a link of a map; names are not looked up here")
    return point


@click.command()
@click.argument("file", type=_FILE)
@click.argument("camera_id", metavar="ID")
@_SEEN
def confirm(*, file: Path, camera_id: str, seen: str | None) -> None:
    """Record in FILE that somebody saw the camera of that ID.

    An unverified one is confirmed by another month than that of its report; a dispute ends if it was seen since.

    \b
    Example:
      sidestep cameras confirm cameras.geojson osm/node/256257146 --seen 2026-10
    """
    from routing.camera_edits import month_of
    from routing.trust import confirmed

    month = month_of(seen)
    _change(file, camera_id, lambda camera: confirmed(camera, month))


@click.command()
@click.argument("file", type=_FILE)
@click.argument("camera_id", metavar="ID")
@_SEEN
def dispute(*, file: Path, camera_id: str, seen: str | None) -> None:
    """Record in FILE that somebody found the camera of that ID gone.

    It stays, and fades over years; who sees it later ends the dispute.

    \b
    Example:
      sidestep cameras dispute cameras.geojson osm/node/256257146
    """
    from routing.camera_edits import month_of
    from routing.trust import disputed

    month = month_of(seen)
    _change(file, camera_id, lambda camera: disputed(camera, month))


@click.command()
@click.argument("file", type=_FILE)
@click.argument("camera_id", metavar="ID")
@click.option("--because", metavar="TEXT", help="Why; stays in the file, for everybody to read. No names.")
def remove(*, file: Path, camera_id: str, because: str | None) -> None:
    """Declare in FILE that the camera of that ID is gone for good.

    It needs two months in which it was found gone, or a reason on record. The record stays, as a tombstone, so that no
    map brings the camera back.

    \b
    Example:
      sidestep cameras remove cameras.geojson osm/node/256257146 --because "the house was torn down"
    """
    from routing.camera_checks import personal
    from routing.camera_edits import buried

    what = None if because is None else personal("removed_because", because)
    if what is not None:
        raise BadUsageError(f"--because seems to hold {what}; say it without, the file is public")
    _change(file, camera_id, lambda camera: buried(camera, because))


def _change(file: Path, camera_id: str, change: Callable[[Camera], Camera]) -> None:
    """Change one record, and say what it is now."""
    from routing.camera_edits import changed, edited

    pairs: list[tuple[Camera, Camera]] = []

    def one(camera: Camera) -> Camera:
        after = change(camera)
        pairs.append((camera, after))
        return after

    edited(file, lambda cameras: changed(cameras, camera_id, one, path=file))
    before, after = pairs[-1]
    if before == after:
        say(f"{file}: {after.id} stays {after.status}; what is known is newer, or the same\n")
        return
    months = f", found gone in {len(after.gone)} month(s)" if after.gone else ""
    seen = f", last seen {after.last_seen}" if after.last_seen is not None else ""
    say(f"{file}: {after.id} is {after.status}{seen}{months}\n")


@click.command("fmt")
@click.argument("files", type=_FILE, nargs=-1, required=True, metavar="FILE...")
@click.option("--check", "only_check", is_flag=True, help="Change nothing; exit code 4 if a file would be.")
@click.pass_context
def fmt(ctx: click.Context, *, files: tuple[Path, ...], only_check: bool) -> None:
    """Put each FILE into canonical form: one camera a line, by id, so that a change is a readable difference.

    \b
    Examples:
      sidestep cameras fmt cameras.geojson
      sidestep cameras fmt --check cameras.geojson
    """
    from routing.camera_edits import canonical, edited

    odd = 0
    for file in files:
        if only_check:
            differs = canonical(file) != file.read_bytes()
            words = "would be rewritten; run: sidestep cameras fmt"
        else:
            differs = edited(file, lambda cameras: cameras)
            words = "rewritten"
        odd += differs
        say(f"{file}: {words if differs else 'is in canonical form'}\n")
    if only_check and odd:
        ctx.exit(4)


@click.command("merge")
@click.argument("files", type=_FILE, nargs=-1, required=True, metavar="FILE...")
@click.option("-o", "--output", type=_FILE, metavar="OUT", required=True)
@click.option("--license", "licence", metavar="NAME", help="Of OUT, where the files differ in theirs.")
@OVERWRITE
def merge(*, files: tuple[Path, ...], output: Path, licence: str | None, anyway: bool) -> None:
    """Join FILEs into one, in which each camera has one record that keeps what all sources said.

    The same camera are records that share an id, and records of different sources at one place that look the same way.
    A removal in one file wins. In whatever order the files are given, OUT is the same. OUT may be one of them.

    \b
    Example:
      sidestep cameras merge cameras.geojson my-city.geojson -o all-cameras.geojson
    """
    from routing.camera_edits import begun, is_one_of, joined_heads
    from routing.cameras import head_of, read_cameras
    from routing.joining import far_joined, merged

    read = [camera for file in files for camera in read_cameras(file)]
    heads = joined_heads([head_of(file) for file in files], licence=licence)
    whole = merged(read)
    begun(output, whole, heads, anyway=anyway or is_one_of(output, files))  # of an input nothing is lost
    removed = sum(camera.status == "removed" for camera in whole)
    lines = [
        f"warning: {name} is one with {joined} now, {metres:,.0f} m from where it stood; look whether that is true"
        for name, joined, metres in far_joined(read, whole)
    ]
    lines.append(f"{output}: {len(whole)} cameras ({removed} of them removed), {len(read)} records, {len(files)} files")
    say("".join(f"{line}\n" for line in lines))


@click.command("survey", cls=PlacesCommand)
@click.argument("file", type=_FILE)
@click.option("--along", "names", metavar="NAME", multiple=True, help="A street of the area; several times.")
@click.option("--line", metavar='"LAT,LON LAT,LON …"', help="Where you looked, if it is no whole street; - to type it.")
@click.option("--area", "area_name", metavar="DIR", help="Where the streets are. Default: the demo area.")
@_SEEN
@click.option("--method", type=click.Choice(["walked", "imagery"]), default="walked", show_default=True)
def survey(
    *, file: Path, names: tuple[str, ...], line: str | None, area_name: str | None, seen: str | None, method: str
) -> None:
    """Record in FILE that you looked at a street and saw no camera that is not on record.

    Where nobody looked nothing is known; that a street was looked at is worth as much as a camera. Nothing is kept of
    who looked.

    \b
    Examples:
      sidestep cameras survey surveys.geojson --along Aleksanterinkatu --seen 2026-10
      sidestep cameras survey surveys.geojson --line "60.1700,24.9410 60.1702,24.9440"
    """
    from routing.camera_edits import month_of
    from routing.survey_edits import add_surveys, street_lines, typed_line_of

    month = month_of(seen)
    if not names and line is None:
        raise BadUsageError('say where you looked: --along STREET, or --line "LAT,LON LAT,LON …"')
    lines = [] if line is None else [typed_line_of(typed_line("a line") if line == "-" else line)]
    if names:
        from routing.workspace import find_area

        graph = find_area(area_name, progress=bar).graph
        lines += [part for name in names for part in street_lines(graph, name)]
    new = add_surveys(file, lines, month=month, method=method)
    if new < len(lines):
        notice(f"{len(lines) - new} were there already")
    say(f"{file}: {new} surveys added\n")


COMMANDS = (add, confirm, dispute, remove, survey, fmt, merge)
