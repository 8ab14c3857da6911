"""``sidestep audit``: a walk that was recorded in, what was seen of it out."""

from __future__ import annotations

from pathlib import Path

import click

from routing.console import AREA_HELP, bar, put, waiting


@click.command()
@click.argument("track", type=click.Path(path_type=Path, allow_dash=True), metavar="TRACK")
@click.option("--area", "area_name", metavar="DIR", help=AREA_HELP)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="Write there, over what is there."
)
def audit(*, track: Path, area_name: str | None, form: str, output: Path | None) -> None:
    """Tell what was seen of a recorded walk: TRACK is a GPX file, a GeoJSON line, or - for standard input.

    The track is matched to the ways of the map, and measured as planned walks are, minute by minute and camera by
    camera. Nothing of it is kept, and nothing leaves this machine.

    \b
    Examples:
      sidestep audit walk.gpx
      sidestep audit walk.gpx --area my-city --format json -o walk.json
    """
    from routing.audit import audit as measure
    from routing.audit_text import as_json, as_text
    from routing.tracks import read_track
    from routing.workspace import find_area

    walked = read_track(track)
    area = find_area(area_name, progress=bar)
    with waiting("following the track; only the very first one takes up to a minute ..."):
        found = measure(area, walked)
    put(as_json(found) if form == "json" else as_text(found), output)
