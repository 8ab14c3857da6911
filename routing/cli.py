"""``sidestep``: a command is one call, and what it says goes to people first.

Text for reading goes to standard output; progress, notices and errors go to standard error. Errors are one line; the
exit codes are those of the contract: 2 usage, 3 no route, 4 bad file, 5 something outside, 1 our own bug.
"""

from __future__ import annotations

import os
import sys
import traceback
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from routing import __version__
from routing.errors import AmbiguousError, BadUsageError, OutsideError, SidestepError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from routing.area import Area
    from routing.model import BBox, LonLat
    from routing.services import Services

_INTERRUPTED = 130  # as shells report it
_AREA_HELP = "Folder of an area, or the name of one you built. Default: the demo area, central Helsinki."


def main() -> None:
    """Run the command line and exit with the code that the contract gives the outcome."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run one command line and return its exit code."""
    try:
        sidestep.main(arguments, prog_name="sidestep", standalone_mode=False)
    except click.exceptions.Exit as done:
        return done.exit_code
    except (click.Abort, KeyboardInterrupt):
        return _INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # whoever read us has gone, e.g. `| head`
    except (SidestepError, click.ClickException) as error:
        return _explain(error)
    except Exception as error:  # noqa: BLE001  # the last resort; its text is not shown: it may hold a place
        return _confess(error)
    return 0


def _explain(error: SidestepError | click.ClickException) -> int:
    """Say in one line what is wrong, and what to choose from where there is a choice."""
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        click.echo(error.format_message())
        return BadUsageError.exit_code
    if isinstance(error, click.ClickException):
        path = error.ctx.command_path if isinstance(error, click.UsageError) and error.ctx else "sidestep"
        click.echo(f"sidestep: {' '.join(error.format_message().split())} (see {path} --help)", err=True)
        return BadUsageError.exit_code
    click.echo(f"sidestep: {error}", err=True)
    if isinstance(error, AmbiguousError):
        for choice in error.choices:
            click.echo(f"  {choice}", err=True)
    return error.exit_code


def _confess(error: Exception) -> int:
    if os.environ.get("SIDESTEP_DEBUG"):
        traceback.print_exception(error)
    last = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{Path(last.filename).name}, line {last.lineno}"
    click.echo(
        f"sidestep: a bug of ours ({type(error).__name__} in {where}); please report it with the command you ran,"
        " without your places (SIDESTEP_DEBUG=1 shows more)",
        err=True,
    )
    return 1


@contextmanager
def bar(what: str, total: int | None = None) -> Iterator[Callable[[int], object]]:
    """Show a progress bar on a terminal, and nothing where nobody looks."""
    from tqdm import tqdm

    with tqdm(desc=what, total=total, unit=" objects", leave=False, disable=not sys.stderr.isatty()) as shown:
        yield shown.update


def _notice(line: str) -> None:
    """Tell something that is not the answer, where somebody looks."""
    if sys.stderr.isatty():
        click.echo(line, err=True)


class _Places(click.Command):
    """A command whose arguments may be places of the south or west: ``-33.9,151.2`` is no option."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        # U+2212, the minus sign of typography, is read as a minus by all that reads places
        return super().parse_args(ctx, [_shielded(arg) for arg in args])


def _shielded(argument: str) -> str:
    return "\u2212" + argument[1:] if argument[:1] == "-" and argument[1:2].isdecimal() else argument


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="sidestep")
def sidestep() -> None:
    """Plan walks that are seen by as few mapped cameras as possible, on this machine and nowhere else.

    \b
    Try it on the demo area, central Helsinki:
      sidestep route Kamppi Senaatintori
      sidestep route 60.16990,24.93840 60.17600,24.95000 --detour 6min
    Your own city:
      sidestep area build "Kallio, Helsinki"
      sidestep route "Karhupuisto" "Sörnäinen" --area kallio-helsinki
    """


@sidestep.command(cls=_Places)
@click.argument("start", metavar="FROM")
@click.argument("end", metavar="TO")
@click.option("--via", metavar="PLACE", multiple=True, help="Pass here on the way; may be given several times.")
@click.option("--area", "area_name", metavar="DIR", help=_AREA_HELP)
@click.option(
    "--detour", default="30%", show_default=True, help="How much longer than the shortest: 30%, 400m or 6min."
)
@click.option(
    "--format", "form", type=click.Choice(["text", "json", "geojson", "gpx"]), default="text", show_default=True
)
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="Write there, not to the screen.")
def route(
    *, start: str, end: str, via: tuple[str, ...], area_name: str | None, detour: str, form: str, output: Path | None
) -> None:
    """Plan a walk FROM one place TO another.

    A place is LAT,LON, a geo: URI, a pasted link of OpenStreetMap, Google, Yandex or 2GIS maps, a name or an address in
    the area, or - to read it from standard input, so that it stays out of your shell's history.

    \b
    Examples:
      sidestep route Kamppi Senaatintori
      sidestep route 60.16990,24.93840 60.17600,24.95000
      sidestep route "Mannerheimintie 5" geo:60.176,24.95 --format gpx -o walk.gpx
      printf 'Kamppi\\nSenaatintori\\n' | sidestep route - -
    """
    from routing.formats import FORMATS, as_text
    from routing.model import RouteRequest
    from routing.router import parse_detour, plan
    from routing.workspace import find_area

    accepted = parse_detour(detour)
    area = find_area(area_name, progress=bar)
    places = [_place(area, text) for text in _from_stdin([start, *via, end])]
    answer = plan(area, RouteRequest(places[0], places[-1], tuple(places[1:-1]), accepted))
    to_screen = output is None and sys.stdout.isatty()
    text = as_text(answer, style=to_screen) if form == "text" else FORMATS[form](answer)
    _put(text, output)


@sidestep.group()
def area() -> None:
    """Build an area, look at it, export it."""


@area.command("build", cls=_Places)
@click.argument("source", required=False)
@click.option("--bbox", metavar="W,S,E,N", help="Build this box (degrees), of SOURCE or else downloaded.")
@click.option("--out", type=click.Path(path_type=Path), metavar="DIR", help="Where to. Default: your data directory.")
@click.option(
    "--cameras", "camera_files", type=click.Path(path_type=Path), multiple=True, metavar="FILE",
    help="Camera files to join with the map's own; may be given several times. Default: the one that ships.",
)  # fmt: skip
@click.option("--nominatim-url", help="Another Nominatim server, for place names.")
@click.option("--overpass-url", help="Another Overpass server, for map data.")
@click.option(
    "--max-wait", type=click.IntRange(0, 86_400), default=300, show_default=True, help="Seconds on a busy server."
)
def build(
    *,
    source: str | None,
    bbox: str | None,
    out: Path | None,
    camera_files: tuple[Path, ...],
    nominatim_url: str | None,
    overpass_url: str | None,
    max_wait: int,
) -> None:
    """Build an area from SOURCE: a map extract, the name of a place anywhere, or nothing for the demo area.

    A place is found by Nominatim and fetched from Overpass (both learn which place, never a walk), and kept for 30
    days.

    \b
    Examples:
      sidestep area build "Kallio, Helsinki"
      sidestep area build moscow.osm.pbf --out moscow --cameras mine.geojson
      sidestep area build --bbox 24.93,60.16,24.96,60.18
    """
    from routing import workspace
    from routing.area import save
    from routing.build import build_area

    box = None if bbox is None else _box(bbox)
    extract, name, box = _extract(source, box, _services(nominatim_url, overpass_url, max_wait))
    folder = out or workspace.areas_dir() / workspace.slug(name)
    made = build_area(
        extract,
        camera_files=camera_files or (workspace.released_cameras(),),
        name=name,
        bbox=box,
        before=folder,
        progress=bar,
    )
    save(made, folder)
    click.echo(_describe(made, folder), nl=False)


@area.command("info")
@click.argument("folder", metavar="[DIR]", required=False)
def info(*, folder: str | None) -> None:
    """Tell what an area holds, how old it is, and what was incomplete.

    \b
    Example:
      sidestep area info
    """
    from routing.workspace import find_area

    loaded = find_area(folder, progress=bar)
    click.echo(_describe(loaded, loaded.folder), nl=False)


@area.command("export")
@click.argument("folder", metavar="[DIR]", required=False)
@click.option("--layer", type=click.Choice(["edges", "cameras"]), default="edges", show_default=True)
@click.option(
    "--format", "form", type=click.Choice(["geojson", "graphml", "geopackage", "geoparquet"]), default="geojson",
    show_default=True,
)  # fmt: skip
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE", required=True)
def export_area(*, folder: str | None, layer: str, form: str, output: Path) -> None:
    """Write an area's streets or cameras for QGIS, networkx and others.

    \b
    Examples:
      sidestep area export --layer edges --format geopackage -o helsinki.gpkg
      sidestep area export --format graphml -o helsinki.graphml
    """
    from routing.export import export
    from routing.workspace import find_area

    with bar(f"writing {output.name}"):
        export(find_area(folder, progress=bar), output, layer=layer, form=form)
    _notice(f"{output}: written. {_attribution()}")


@sidestep.group()
def cameras() -> None:
    """Check and import camera points."""


@cameras.command("check")
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_context
def check_cameras(ctx: click.Context, *, file: Path) -> None:
    """Find what is wrong or odd in a camera FILE, each with its line; exit code 4 if anything is wrong.

    \b
    Example:
      sidestep cameras check cameras.geojson
    """
    from routing.cameras import check

    findings = check(file)
    for finding in findings:
        click.echo(f"{finding.severity}: {finding.tell(file.name)}")
    wrong = sum(finding.severity == "error" for finding in findings)
    click.echo(f"{file.name}: {wrong} errors, {len(findings) - wrong} warnings")
    if wrong:
        ctx.exit(4)


@cameras.command("import-osm", cls=_Places)
@click.argument("source", required=False)
@click.option("--bbox", metavar="W,S,E,N", help="A box (degrees) instead of a SOURCE; downloaded.")
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE", required=True)
@click.option("--nominatim-url", help="Another Nominatim server, for place names.")
@click.option("--overpass-url", help="Another Overpass server, for map data.")
@click.option(
    "--max-wait", type=click.IntRange(0, 86_400), default=300, show_default=True, help="Seconds on a busy server."
)
def import_osm(
    *,
    source: str | None,
    bbox: str | None,
    output: Path,
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
    from routing.cameras import write_cameras
    from routing.osm import read_cameras_of_extract

    box = None if bbox is None else _box(bbox)
    extract, _, box = _extract(source, box, _services(nominatim_url, overpass_url, max_wait))
    found = read_cameras_of_extract(extract, within=box)
    try:
        write_cameras(output, found)
    except OSError as error:
        raise OutsideError(f"{output}: cannot be written ({error.strerror})") from error
    click.echo(f"{output}: {len(found)} cameras. {_attribution()}")


def _attribution() -> str:
    from routing.model import ATTRIBUTION

    return ATTRIBUTION


def _from_stdin(texts: list[str]) -> list[str]:
    """Put a line of standard input where a place is given as ``-``."""
    return [sys.stdin.readline().strip() if text == "-" else text for text in texts]


def _place(area: Area, text: str) -> LonLat:
    from routing.places import find
    from routing.points import parse_point

    point = parse_point(text)
    return point if point is not None else find(area.places, text).lonlat


def _box(text: str) -> BBox:
    from routing.model import BBox

    try:
        west, south, east, north = (float(part.replace("\u2212", "-")) for part in text.split(","))
    except ValueError:
        raise BadUsageError("--bbox is not understood; write it as W,S,E,N in degrees, longitude first") from None
    box = BBox(west, south, east, north)
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):  # noqa: PLR2004  # the Earth
        raise BadUsageError("--bbox is empty or not on Earth; it is W,S,E,N in degrees, with W < E and S < N")
    return box


def _services(nominatim_url: str | None, overpass_url: str | None, max_wait_s: int) -> Callable[[], Services]:
    def make() -> Services:
        from routing.services import Services

        given: dict[str, Any] = {"nominatim_url": nominatim_url, "overpass_url": overpass_url}
        return Services(max_wait_s=max_wait_s, **{key: value for key, value in given.items() if value})

    return make


def _extract(source: str | None, box: BBox | None, services: Callable[[], Services]) -> tuple[Path, str, BBox | None]:
    """Find or fetch the extract that is meant: its file, the area's name, and its box."""
    from routing import workspace
    from routing.osm import SUFFIXES

    if source is None and box is None:
        return workspace.demo_extract(), workspace.DEMO_NAME, None
    if source is not None and (source.lower().endswith(SUFFIXES) or Path(source).exists()):
        path = Path(source)
        return path, path.name.split(".", maxsplit=1)[0], box
    from routing.download import fetch_bbox, fetch_place

    if box is None:
        got = fetch_place(str(source), workspace.cache_dir(), services=services(), report=_notice)
    else:
        got = fetch_bbox(box, workspace.cache_dir(), name=source, services=services(), report=_notice)
    return got.path, got.name, got.bbox


def _describe(area: Area, folder: Path | None) -> str:
    from routing.formats import coverage_line

    manifest = area.manifest
    lines = [coverage_line(area.coverage), f"folder: {folder}"]
    lines += [f"{what}: {number:,}" for what, number in manifest.counts.items()]
    if manifest.problems:
        told = ", ".join(f"{number:,} {what}" for what, number in manifest.problems.items() if number)
        lines.append(f"incomplete in the extract: {told or 'nothing'}")
    if manifest.vanished:
        lines.append(f"cameras gone from the map since the last build: {', '.join(manifest.vanished)}")
    return "\n".join((*lines, manifest.attribution, ""))


def _put(text: str, output: Path | None) -> None:
    """Write an answer to a file, whole or not at all, or to the screen."""
    if output is None:
        click.echo(text, nl=False)
        return
    draft = output.with_name(f".{output.name}-{os.getpid()}")
    try:
        draft.write_text(text, encoding="utf-8")
        draft.replace(output)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise OutsideError(f"{output}: cannot be written ({error.strerror})") from error
