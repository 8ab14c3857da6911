"""``sidestep cameras``: camera points as files."""

from __future__ import annotations

from pathlib import Path

import click

from routing.commands.source import asking, parse_box, resolve, servers
from routing.console import PlacesCommand, say


@click.group()
def cameras() -> None:
    """Check and import camera points.

    \b
    Example:
      sidestep cameras check cameras.geojson
    """


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
    wrong = sum(finding.severity == "error" for finding in findings)
    lines = [f"{finding.severity}: {finding.tell(str(file))}" for finding in findings]
    lines.append(f"{file}: {wrong} errors, {len(findings) - wrong} warnings")
    say("".join(f"{line}\n" for line in lines))
    if wrong:
        ctx.exit(4)


@cameras.command("import-osm", cls=PlacesCommand)
@click.argument("source", required=False)
@click.option("--bbox", metavar="W,S,E,N", help="A box (degrees): of SOURCE, or else downloaded.")
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE", required=True)
@asking
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
    from routing.model import ATTRIBUTION
    from routing.osm import read_cameras_of_extract

    meant = resolve(source, parse_box(bbox), servers(nominatim_url, overpass_url, max_wait))
    found = read_cameras_of_extract(meant.path, within=meant.bbox)
    write_cameras(output, found)
    say(f"{output}: {len(found)} cameras. {ATTRIBUTION}\n")
