"""``sidestep publish``: the page as a folder of files for any web space, and an area as one file for phones."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from routing.console import bar, say, waiting
from routing.errors import BadUsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from routing.area import Area

_MB = 1e6


@click.command()
@click.argument("area_names", metavar="[DIR]...", nargs=-1)
@click.option(
    "--out", "folder", type=click.Path(path_type=Path), metavar="SITE",
    help="Folder to write the page to; one that was written by this is replaced.",
)  # fmt: skip
@click.option(
    "--area-file", "file", type=click.Path(path_type=Path), metavar="FILE",
    help="Write the area as one file, for a page that is on a phone already; ends in .sidestep by custom.",
)  # fmt: skip
def publish(*, area_names: tuple[str, ...], folder: Path | None, file: Path | None) -> None:
    """Write the page with one or several areas as plain files, or an area as one file to hand on.

    DIR is the folder of an area, or the name of one you built; without, the demo area. The folder works at any address
    of any web space, since nothing runs there: phones plan by themselves. The file is opened on a phone that has the
    page: menu, On this phone, Open an area file.

    \b
    Examples:
      sidestep publish --out site
      sidestep publish kallio-helsinki moscow --out site
      sidestep publish kallio-helsinki --area-file kallio.sidestep
    """  # noqa: D301  # click marks preformatted paragraphs with a backspace character
    from routing.workspace import find_area
    from web.mirror import check_room

    if folder is None and file is None:
        raise BadUsageError("say what to write: --out SITE for the page, --area-file FILE for one area")
    if file is not None and len(area_names) > 1:
        raise BadUsageError("--area-file is of one area; run it once for each")
    if folder is not None:
        check_room(folder)
    areas = [find_area(name, progress=bar, basemap=True) for name in area_names or (None,)]
    told = []
    if folder is not None:
        told.append(_site(areas, folder))
    if file is not None:
        told.append(_file(areas[0], file))
    say("".join(f"{line}\n" for line in told))


def _site(areas: Sequence[Area], folder: Path) -> str:
    from web.mirror import LIST, publish

    size = publish(areas, folder, progress=bar)
    names = ", ".join(area.manifest.name for area in areas)
    return (
        f"{folder}: the page with {names}, {size / _MB:.1f} MB.\n"
        "Put the folder on any web space; where that has https, phones can keep the page.\n"
        f"Whoever has a copy checks it with: sha256sum -c {LIST}"
    )


def _file(area: Area, file: Path) -> str:
    from routing.files import written_whole
    from web.area_files import area_files
    from web.phone_file import in_groups, phone_file

    with waiting(f"packing {area.manifest.name} ..."):
        made = phone_file(area, area_files(area))
    with written_whole(file) as draft:
        draft.write_bytes(made.content)
    return (
        f"{file}: {area.manifest.name}, {len(made.content) / _MB:.1f} MB.\n"
        "Whoever gets it can compare these letters, told by another way, with those that the page shows:\n"
        f"{in_groups(made.digest)}"
    )
