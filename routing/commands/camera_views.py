"""``sidestep cameras check|diff|stats``: what is in camera files, for people and programs; nothing is changed.

What comes out of a file is put on one line and stripped of what could steer a terminal before it is shown.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from routing.console import bar, say
from routing.errors import BadUsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from routing.area import Area
    from routing.differences import Change
    from routing.model import Camera

_FILE = click.Path(path_type=Path)
_FORMAT = click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)


@click.command()
@click.argument("file", type=_FILE)
@click.option("--map", "extract", type=_FILE, metavar="EXTRACT", help="A map, to hold places against its buildings.")
@click.pass_context
def check(ctx: click.Context, *, file: Path, extract: Path | None) -> None:
    """Find what is wrong or odd in a camera FILE, each with its line; exit code 4 if anything is wrong.

    Odd are doubles, directions and dates that cannot be, and what may be personal data; with a map also cameras in
    water, or inside a building without being tagged so.

    \b
    Examples:
      sidestep cameras check cameras.geojson
      sidestep cameras check cameras.geojson --map city.osm.pbf
    """
    from routing.camera_checks import check as look

    mapped = None
    if extract is not None:
        from routing.osm import read_extract

        with bar("reading the map") as progress:
            mapped = read_extract(extract, progress=progress)
    findings = look(file, mapped)
    wrong = sum(finding.severity == "error" for finding in findings)
    lines = [f"{finding.severity}: {finding.tell(str(file))}" for finding in findings]
    lines.append(f"{file}: {wrong} errors, {len(findings) - wrong} warnings")
    say("".join(f"{line}\n" for line in lines))
    if wrong:
        ctx.exit(4)


@click.command()
@click.argument("old", type=_FILE)
@click.argument("new", type=_FILE)
@_FORMAT
def diff(*, old: Path, new: Path, form: str) -> None:
    """Tell what differs between two camera files, first what lets walks pass where they did not before.

    In this order: removed, vanished, merged into another record, disputed, turned, moved, changed, added, confirmed.

    \b
    Example:
      sidestep cameras diff cameras.geojson all-cameras.geojson
    """
    from routing.cameras import read_cameras
    from routing.differences import differences

    changes = differences(read_cameras(old), read_cameras(new))
    say(_diff_json(changes) if form == "json" else _diff_text(changes))


def _diff_text(changes: Sequence[Change]) -> str:
    from routing.differences import KINDS
    from routing.rounding import plain

    lines: list[str] = []
    for kind, meaning in KINDS.items():
        ours = [change for change in changes if change.kind == kind]
        if ours:
            lines.append(f"{kind}: {len(ours):,} ({meaning})")
            lines += [
                f"  {change.id}{': ' if change.details else ''}{plain('; '.join(change.details))}" for change in ours
            ]
    return "".join(f"{line}\n" for line in lines or ["no differences"])


def _diff_json(changes: Sequence[Change]) -> str:
    import json

    from routing.differences import KINDS

    rows = [{"kind": change.kind, "id": change.id, "details": list(change.details)} for change in changes]
    counts = {kind: sum(change.kind == kind for change in changes) for kind in KINDS}
    return json.dumps({"counts": counts, "changes": rows}) + "\n"  # ASCII: nothing in it steers a terminal


@click.command()
@click.argument("file", type=_FILE)
@click.option("--area", "area_name", metavar="DIR", help="Count only what lies in an area, and per km of its ways.")
@click.option("--plot", type=_FILE, metavar="FILE", help="Draw it, too: FILE.png or FILE.svg.")
@_FORMAT
def stats(*, file: Path, area_name: str | None, plot: Path | None, form: str) -> None:
    """Count the cameras of FILE by kind, age, status and source, and those of which the direction is known.

    \b
    Examples:
      sidestep cameras stats cameras.geojson
      sidestep cameras stats cameras.geojson --area my-city --plot cameras.png
    """
    from datetime import UTC, datetime

    from routing.camera_stats import as_json, as_text, count
    from routing.cameras import read_cameras

    image = None if plot is None else plot.suffix.lower().lstrip(".")
    if image not in {None, "png", "svg"}:
        raise BadUsageError("--plot draws FILE.png or FILE.svg")
    cameras, km = read_cameras(file), None
    if area_name is not None:
        from routing.workspace import find_area

        area = find_area(area_name, progress=bar)
        cameras, km = _within(area, cameras), area.graph.walkable_km
    told = count(cameras, datetime.now(UTC).strftime("%Y-%m"), km=km)
    if plot is not None and image is not None:
        from routing.camera_stats import draw
        from routing.files import written_whole

        with written_whole(plot) as draft:
            draw(told, draft, form=image)
    if form == "json":
        import json

        say(json.dumps(as_json(told)) + "\n")
    else:
        say(as_text(told))


def _within(area: Area, cameras: Sequence[Camera]) -> tuple[Camera, ...]:
    return tuple(camera for camera in cameras if area.manifest.bbox.holds(camera.lonlat))


COMMANDS = (check, diff, stats)
