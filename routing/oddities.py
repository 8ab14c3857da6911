"""A camera record in, what in it is missing or read otherwise than it is written out: one line of advice for each.

These are the places where a camera is taken for what most cameras are (exposure-model.md, section 2.1). No line repeats
a value: anything may stand in a tag.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from routing.optics import (
    CAMERA_CLASSES,
    CEILING,
    DIRECTION_KEYS,
    FREE_MOUNTS,
    HEIGHT_BOUNDS_M,
    WALL_MOUNTS,
    direction_known,
    is_camera,
    is_indoor,
    parse_height_m,
    parse_tilt_deg,
    tag_values,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from routing.model import Camera


def oddities(camera: Camera) -> Iterator[str]:
    """Say what in a record is missing or not understood, and what to write instead.

    Examples
    --------
    >>> from routing.model import Camera, LonLat
    >>> list(oddities(Camera("osm/node/1", LonLat(0, 0), {"man_made": "surveillance"})))
    ['has no date; say in last_seen when it was seen']
    """
    tags = camera.tags
    if not is_camera(tags):
        yield "the tags are not those of a camera in use; it will be passed over"
    if any(key in tags for key in DIRECTION_KEYS) and not direction_known(tags):
        yield "the direction is not understood and counts as unknown; use degrees, N…NNW or a range like 90-270"
    if not tag_values(tags, "camera:type") <= CAMERA_CLASSES.keys():
        yield "camera:type is not known; use fixed, dome, panning or panorama"
    yield from _hanging(tags)
    if camera.first_seen is None and camera.last_seen is None:
        yield "has no date; say in last_seen when it was seen"


def _hanging(tags: Mapping[str, str]) -> Iterator[str]:
    """Say what is odd in how a camera hangs."""
    height_m, (least_m, most_m) = parse_height_m(tags.get("height")), HEIGHT_BOUNDS_M
    if "height" in tags and height_m is None:
        yield "height is not understood and counts as unknown; use metres"
    elif height_m is not None and not least_m <= height_m <= most_m:
        bound_m = least_m if height_m < least_m else most_m
        yield f"height counts as {bound_m:g} m, being not from {least_m:g} to {most_m:g}; say how high the camera hangs"
    for key in ("camera:tilt", "camera:angle"):
        if key in tags and parse_tilt_deg(tags[key]) is None:
            yield f"{key} is not understood and is passed over; use degrees from -90 (straight down) to 90"
    if not tag_values(tags, "camera:mount") <= WALL_MOUNTS | FREE_MOUNTS | {CEILING}:
        yield "camera:mount is not known and is passed over; use wall, pole, street_lamp or ceiling"
    if "level" in tags and is_indoor(tags) == (True, None):
        yield "level is not understood and counts as every level; use a number"
