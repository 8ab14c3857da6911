"""``sidestep cameras``: camera points as files."""

from __future__ import annotations

import click

from routing.commands import camera_edits, camera_files, camera_views


@click.group()
def cameras() -> None:
    """Keep files of camera points: check, change, join, compare, import and export them.

    \b
    Examples:
      sidestep cameras check cameras.geojson
      sidestep cameras add cameras.geojson 60.17012,24.94120 --kind dome
      sidestep cameras diff old.geojson new.geojson
    """


for _command in (*camera_edits.COMMANDS, *camera_files.COMMANDS, *camera_views.COMMANDS):
    cameras.add_command(_command)
