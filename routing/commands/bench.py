"""``sidestep bench``: an area in, out what other programs' methods leave of the risk there, and ours."""

from __future__ import annotations

from pathlib import Path

import click

from routing.console import AREA_HELP, bar, put
from routing.errors import DetourError

MOST_PAIRS = 10_000


@click.command()
@click.option("--area", "area_name", metavar="DIR", help=AREA_HELP)
@click.option(
    "--pairs", type=click.IntRange(1, MOST_PAIRS), default=20, show_default=True, help="Pairs of places to walk."
)
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Draws the pairs.")
@click.option(
    "--detour", "detours", multiple=True, default=("10%", "30%"), show_default=True,
    help="How much longer than the shortest, a share; may be given several times.",
)  # fmt: skip
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="Write there, over what is there."
)
def bench(
    *, area_name: str | None, pairs: int, seed: int, detours: tuple[str, ...], form: str, output: Path | None
) -> None:
    """Compare how other programs dodge cameras with how Sidestep does, on random walks in an area.

    Each method is written anew from its description, gets the same map, cameras and ends, and its walks are measured as
    ours are. Nothing is downloaded, and nothing is kept.

    \b
    Examples:
      sidestep bench --pairs 5
      sidestep bench --area my-city --pairs 100 --detour 20% --format json -o bench.json
    """
    from routing.rivals import as_json, as_text, compare
    from routing.workspace import find_area

    shares = [_share(text) for text in detours]
    area = find_area(area_name, progress=bar)
    found = compare(area, pairs=pairs, seed=seed, detours=shares, progress=bar)
    put(as_json(found) if form == "json" else as_text(found), output)


def _share(text: str) -> float:
    """Read a detour that is a share of the walk, for walks of all lengths are added up."""
    from routing.router import parse_detour

    detour = parse_detour(text)
    if detour.metres:
        raise DetourError("a detour is a share here, for walks of all lengths are added up; write it as 30%")
    return detour.share
