"""``sidestep cameras import``, ``import-osm`` and ``export-osm``: cameras from elsewhere, and to OpenStreetMap."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from routing.commands.source import asking, parse_box, resolve, servers
from routing.console import PlacesCommand, bar, complain, say, waiting
from routing.errors import BadFileError, BadUsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from routing.cameras import Head
    from routing.importing import Imported
    from routing.model import Camera

OVERWRITE = click.option("--overwrite", "anyway", is_flag=True, help="Write over another file that is there.")
_FORMATS = ("geojson", "overpass", "csv", "deflock")  # as routing.importing.FORMATS, which is slow to load
_KEY = re.compile(r"[a-z][a-z0-9_:]{0,60}")
# of a direction that is not understood: words or a short number, nothing that may be a position or steer a terminal
_WORD = re.compile(r"[^\W\d_]{1,20}(?:[ -][^\W\d_]{1,20}){0,2}|[0-9]{1,5}")
_MOST_LINES = 50  # of rows that cannot be read; a list of another town's grid has thousands
_TAKEN = ("id", "source", "status", "confirmations", "evidence", "gone", "removed_because", "also")
_PUBLIC = "edits in OpenStreetMap are public for ever, with the account's name and the minute: think first"


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE", required=True)
@click.option("--format", "form", type=click.Choice(_FORMATS), help="Of FILE; found in its content if left out.")
@click.option("--source", metavar="NAME", help="A short name of the list, if it is not OpenStreetMap's.")
@click.option("--official", is_flag=True, help="The list is of those who run the cameras.")
@click.option(
    "--column", "columns", multiple=True, metavar="OURS=THEIRS", help="An OSM key, lat, lon, point, last_seen."
)
@click.option("--tag", "tags", multiple=True, metavar="KEY=VALUE", help="An OSM tag that all of them get.")
@click.option("--key", metavar="COLUMN", help="The column that names a row for ever.")
@click.option("--seen", metavar="YYYY-MM", help="The month in which the list was true.")
@click.option("--encoding", metavar="NAME", help="Of a CSV file; else UTF-8.")
@click.option("--attribution", metavar="TEXT", help="Whose data it is; goes into the file.")
@click.option("--license", "licence", metavar="NAME", help="Under which the list is published; goes into the file.")
@click.option("--list", "tell", is_flag=True, help="Tell every row that was not taken.")
@click.option("--strict", is_flag=True, help="Write nothing if a row cannot be read.")
@OVERWRITE
def import_cameras(
    *,
    file: Path,
    output: Path,
    form: str | None,
    source: str | None,
    official: bool,
    columns: tuple[str, ...],
    tags: tuple[str, ...],
    key: str | None,
    seen: str | None,
    encoding: str | None,
    attribution: str | None,
    licence: str | None,
    tell: bool,
    strict: bool,
    anyway: bool,
) -> None:
    """Make a camera file of a list: GeoJSON, an Overpass answer, CSV, or a download of DeFlock's.

    Rows that are no camera in use, and rows that cannot be read, are told. See first that the list's licence allows it.

    \b
    Examples:
      sidestep cameras import export.geojson -o cameras.geojson
      sidestep cameras import town.csv --source town --column lat=Y --column lon=X -o town.geojson
    """
    from routing.camera_edits import begun
    from routing.import_rows import Rules, month_of
    from routing.importing import import_cameras as read

    month = None if seen is None else month_of(seen)
    if seen is not None and month is None:
        raise BadUsageError("--seen is not understood; it is a month, YYYY-MM, not to come")
    rules = Rules(source, official, _pairs("--column", columns), _pairs("--tag", tags), key, month, encoding)
    with bar("reading the list") as progress:
        got = read(file, rules, form=form, progress=progress)
    if strict and got.bad:
        _tell_bad(file, got, "error", tell=tell)
        raise BadFileError(f"{file.name}: {len(got.bad)} rows cannot be read; nothing was written")
    head = _head(got.cameras, source, attribution, licence)
    begun(output, got.cameras, head, inputs=[file], anyway=anyway)
    _tell_bad(file, got, "warning", tell=tell)
    say(f"{output}: {len(got.cameras)} cameras, read as {got.form}\n{''.join(_left(got, tell=tell))}")
    if head.get("licence") is None:
        say("licence: not known; see that you may publish the list, and say under which one with --license NAME\n")


def _head(cameras: Iterable[Camera], source: str | None, attribution: str | None, licence: str | None) -> Head:
    """Say whose the list is; only of OpenStreetMap's own is it known under which licence."""
    from routing.camera_rules import CONTROL
    from routing.cameras import LICENCE, Head
    from routing.model import ATTRIBUTION

    sources = {camera.source for camera in cameras}
    credit = attribution or (ATTRIBUTION if "osm" in sources else f"from the list {source or 'of officials'}")
    known = licence or (LICENCE if sources == {"osm"} else None)
    return Head(attribution=CONTROL.sub(" ", credit), licence=None if known is None else CONTROL.sub(" ", known))


def _pairs(option: str, given: Iterable[str]) -> dict[str, str]:
    """Read ``KEY=VALUE``."""
    pairs: dict[str, str] = {}
    for text in given:
        ours, sign, theirs = text.partition("=")
        if not sign or not theirs.strip() or _KEY.fullmatch(ours) is None:
            raise BadUsageError(
                f"{option} is not understood; write it as {option} key=value, an OSM key in small letters"
            )
        if ours in _TAKEN or ours in pairs:
            raise BadUsageError(f"{option} {ours}: " + ("stands twice" if ours in pairs else "is made by the import"))
        pairs[ours] = theirs.strip()
    return pairs


def _tell_bad(file: Path, got: Imported, word: str, *, tell: bool) -> None:
    shown = got.bad if tell else got.bad[:_MOST_LINES]
    for finding in shown:
        complain(f"{word}: {finding.tell(file.name)}")
    if len(got.bad) > len(shown):
        complain(f"{word}: {file.name}: {len(got.bad) - len(shown)} more rows cannot be read; --list tells them")


def _left(got: Imported, *, tell: bool) -> Iterable[str]:
    """Tell what was not taken, and why; and which directions say nothing."""
    yield from _unclear(got.cameras)
    if got.bad:
        yield f"not taken: {len(got.bad)} cannot be read\n"
    for reason in dict.fromkeys(one.reason for one in got.left):
        those = [one for one in got.left if one.reason == reason]
        yield f"not taken: {len(those)} {reason}\n"
        if tell:
            yield from (f"  line {one.line}{f': {one.id}' if one.id else ''}\n" for one in those)


def _unclear(cameras: Iterable[Camera]) -> Iterable[str]:
    """Tell how many directions are not understood, with words of the list that look like no position."""
    from routing.optics import DIRECTION_KEYS, direction_known

    texts = [
        next(filter(None, map(camera.tags.get, DIRECTION_KEYS)), "")
        for camera in cameras
        if not direction_known(camera.tags) and any(key in camera.tags for key in DIRECTION_KEYS)
    ]
    if texts:
        words = [text for text in dict.fromkeys(texts) if _WORD.fullmatch(text)][:3]
        such = f" (such as {', '.join(words)})" if words else ""
        yield f"direction not understood: {len(texts)}{such}; these count as looking all round. Use degrees or N…NNW\n"


@click.command("import-osm", cls=PlacesCommand)
@click.argument("source", required=False)
@click.option("--bbox", metavar="W,S,E,N", help="A box (degrees): of SOURCE, or else downloaded.")
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE", required=True)
@OVERWRITE
@asking
def import_osm(
    *,
    source: str | None,
    bbox: str | None,
    output: Path,
    anyway: bool,
    nominatim_url: str | None,
    overpass_url: str | None,
    max_wait: int,
) -> None:
    """Write the surveillance cameras of SOURCE (a map extract, or the name of a place) as a camera file, tags verbatim.

    \b
    Examples:
      sidestep cameras import-osm city.osm.pbf -o cameras.geojson
      sidestep cameras import-osm "Kallio, Helsinki" -o kallio.geojson
    """
    from routing.camera_edits import begun
    from routing.cameras import LICENCE, Head
    from routing.model import ATTRIBUTION
    from routing.osm import read_cameras_of_extract

    meant = resolve(source, parse_box(bbox), servers(nominatim_url, overpass_url, max_wait))
    found = read_cameras_of_extract(meant.path, within=meant.bbox)
    begun(output, found, Head(attribution=ATTRIBUTION, licence=LICENCE), inputs=[meant.path], anyway=anyway)
    say(f"{output}: {len(found)} cameras. {ATTRIBUTION}\n")


@click.command("export-osm")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="OUT.osm", required=True)
@click.option("--map", "extract", type=click.Path(path_type=Path), metavar="EXTRACT", help="What OpenStreetMap has.")
@click.option("--unverified", is_flag=True, help="Also cameras that only one report or list tells of.")
@OVERWRITE
def export_osm(*, file: Path, output: Path, extract: Path | None, unverified: bool, anyway: bool) -> None:
    """Write the cameras of FILE that OpenStreetMap lacks, for JOSM, which will ask before it uploads any.

    With --map, cameras within 15 m of a mapped one are left out, and mapped ones whose direction is known here and not
    there are listed.

    \b
    Example:
      sidestep cameras export-osm cameras.geojson --map city.osm.pbf -o new.osm
    """
    from routing.camera_edits import spare
    from routing.cameras import read_cameras
    from routing.export_osm import lacking, write_josm
    from routing.osm import read_cameras_of_extract

    is_draft = output.suffix.lower() == ".osm"  # of an earlier run: made anew each time
    spare(output, [file, *([] if extract is None else [extract])], anyway=anyway or is_draft)
    with waiting("reading the map"):
        mapped = () if extract is None else read_cameras_of_extract(extract)
    found = lacking(read_cameras(file), mapped, unverified=unverified)
    write_josm(output, found.new)
    complain(f"warning: {_PUBLIC}")
    lines = [f"{output}: {len(found.new)} cameras that OpenStreetMap lacks"]
    if found.doubles:
        lines.append(f"left out: {found.doubles} within 15 m of one that it has")
    if found.held_back:
        lines.append(f"left out: {found.held_back} that one report or list tells of, or that are disputed")
    if found.directions:
        lines.append(f"directions that it lacks: {len(found.directions)}")
        lines += [f"  {name.removeprefix('osm/')} camera:direction={text}" for name, text in found.directions]
    say("".join(f"{line}\n" for line in lines))


COMMANDS = (import_cameras, import_osm, export_osm)
