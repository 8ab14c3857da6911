"""``sidestep area``: build one, look at it, export it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from routing.commands.source import asking, parse_box, resolve, servers
from routing.console import PlacesCommand, bar, complain, notice, say
from routing.errors import BadUsageError
from routing.export import FORMATS, LAYERS

if TYPE_CHECKING:
    from routing.area import Area, Manifest


@click.group()
def area() -> None:
    """Build an area, look at it, draw it, export it.

    \b
    Example:
      sidestep area build "Kallio, Helsinki"
    """


@area.command("build", cls=PlacesCommand)
@click.argument("source", required=False)
@click.option("--bbox", metavar="W,S,E,N", help="Build this box (degrees), of SOURCE or else downloaded.")
@click.option("--out", type=click.Path(path_type=Path), metavar="DIR", help="Where to. Default: your data directory.")
@click.option(
    "--cameras", "camera_files", type=click.Path(path_type=Path), multiple=True, metavar="FILE",
    help="Camera files to join with the map's own; may be given several times. Default: the one that ships.",
)  # fmt: skip
@click.option(
    "--surveys", "survey_files", type=click.Path(path_type=Path), multiple=True, metavar="FILE",
    help="Streets on which somebody looked for cameras (sidestep cameras survey); may be given several times.",
)  # fmt: skip
@click.option(
    "--model", "model_path", type=click.Path(path_type=Path), metavar="FILE",
    help="TOML with parameters of the exposure model to change; the README lists them.",
)  # fmt: skip
@click.option(
    "--jobs", type=click.IntRange(min=1), default=1, show_default=True, help="Processes that look out of cameras."
)
@click.option("--no-basemap", is_flag=True, help="Do without the map that the page draws beneath walks.")
@asking
def build(
    *,
    source: str | None,
    bbox: str | None,
    out: Path | None,
    camera_files: tuple[Path, ...],
    survey_files: tuple[Path, ...],
    model_path: Path | None,
    jobs: int,
    no_basemap: bool,
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
      sidestep area build "Kallio, Helsinki" --model mine.toml
    """
    from routing import workspace
    from routing.area_folder import load, save
    from routing.build import build_area, with_basemap
    from routing.hazard.parameters import AS_IT_IS, read_model
    from routing.warm import warm

    meant = resolve(source, parse_box(bbox), servers(nominatim_url, overpass_url, max_wait))
    folder = out or workspace.areas_dir() / workspace.slug(meant.name)
    workspace.check_room_for_area(folder)
    made = build_area(
        meant.path,
        camera_files=camera_files or (workspace.released_cameras(),),
        survey_files=survey_files,
        name=meant.name,
        bbox=meant.bbox,
        area_km2=meant.area_km2,
        before=folder,
        model_file=AS_IT_IS if model_path is None else read_model(model_path),
        jobs=jobs,
        progress=bar,
        tell=lambda line: complain(f"warning: {line}"),
    )
    if not no_basemap:
        made = with_basemap(made, meant.path, progress=bar)
    save(made, folder)
    with bar("compiling the search, if this is the first area"):
        warm(load(folder))
    say(_describe(made, folder))


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
    say(_describe(loaded, loaded.folder))


@area.command("export")
@click.argument("folder", metavar="[DIR]", required=False)
@click.option("--layer", type=click.Choice(LAYERS), default="edges", show_default=True)
@click.option("--format", "form", type=click.Choice(FORMATS), default="geojson", show_default=True)
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE", required=True)
def export_area(*, folder: str | None, layer: str, form: str, output: Path) -> None:
    """Write an area's streets or cameras for QGIS, networkx and others.

    \b
    Examples:
      sidestep area export --layer edges --format geopackage -o helsinki.gpkg
      sidestep area export --format graphml -o helsinki.graphml
    """
    from routing.export import export
    from routing.model import ATTRIBUTION
    from routing.workspace import find_area

    found = find_area(folder, progress=bar)
    with bar(f"writing {output.name}"):
        export(found, output, layer=layer, form=form)
    notice(f"{output}: written. {ATTRIBUTION}")


@area.command("plot")
@click.argument("folder", metavar="[DIR]", required=False)
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), metavar="FILE", required=True, help="FILE.png or FILE.svg."
)
def plot(*, folder: str | None, output: Path) -> None:
    """Draw an area: the risk of every street, buildings, cameras and what they have in view.

    \b
    Examples:
      sidestep area plot -o helsinki.png
      sidestep area plot my-city -o my-city.svg
    """
    from routing.figures import FORMS
    from routing.files import written_whole
    from routing.plot import draw
    from routing.workspace import find_area

    form = output.suffix.lower().lstrip(".")
    if form not in FORMS:
        raise BadUsageError("-o draws FILE.png or FILE.svg")
    found = find_area(folder, progress=bar)
    with bar(f"drawing {output.name}"), written_whole(output) as draft:
        draw(found, draft, form=form)
    notice(f"{output}: drawn. {found.manifest.attribution}")


def _describe(area: Area, folder: Path | None) -> str:
    from routing.text import coverage_line

    manifest = area.manifest
    lines = [coverage_line(area.coverage), f"folder: {folder}", f"built: {manifest.built}"]
    lines += [f"{what}: {number:,}" for what, number in manifest.counts.items()]
    lines += _assumed(manifest)
    lines.append(f"basemap: {len(area.basemap) / 1000:,.0f} kB" if area.basemap is not None else "basemap: none")
    if manifest.problems:
        told = ", ".join(f"{number:,} {what}" for what, number in manifest.problems.items() if number)
        lines.append(f"incomplete in the extract: {told or 'nothing'}")
    if manifest.vanished:
        lines.append(
            f"cameras gone from the map since the last build, which stay in dispute: {', '.join(manifest.vanished)}"
        )
    return "\n".join((*lines, manifest.attribution, ""))


def _assumed(manifest: Manifest) -> list[str]:
    """Tell what is assumed of cameras that nobody mapped, and what a model file changed."""
    told = manifest.unmapped
    lines = ["cameras that nobody mapped: none are assumed in the open"]
    if told.town:
        low, default, high = (round(number) for number in told.cameras)
        lines = [
            f"cameras that nobody mapped: {default:,} are assumed in the open ({low:,} to {high:,}), as in {told.town}"
        ]
    if told.enclosed_per_m:
        lines.append("under roofs and under ground: more are assumed on every metre, for nobody maps what hangs there")
    changed = [f"{name} {', '.join(f'{value:g}' for value in manifest.model[name])}" for name in manifest.changed]
    if manifest.region:
        lines.append(f"exposure model: rows of {manifest.region}")
    return [*lines, f"exposure model, changed by a file: {'; '.join(changed)}"] if changed else lines
