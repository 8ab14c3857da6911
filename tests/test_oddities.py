"""What `cameras check` says of tags that the exposure model reads otherwise: one line, and it is true."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from routing.hazard.lenses import optics_of
from routing.hazard.parameters import model
from routing.model import Camera, LonLat
from routing.oddities import oddities

if TYPE_CHECKING:
    from collections.abc import Mapping

    from routing.hazard.lenses import Optics

VALUES = model().default
BASE = {"man_made": "surveillance"}


def camera(tags: Mapping[str, str]) -> Camera:
    return Camera("osm/node/1", LonLat(24.94, 60.17), {**BASE, **tags}, last_seen="2026-11")


def optics(tags: Mapping[str, str]) -> Optics | None:
    return optics_of(camera(tags), VALUES)


@pytest.mark.parametrize(
    ("tags", "said", "meant"),
    [
        ({"height": "2 storeys"}, "height is not understood", {}),
        ({"height": "-3"}, "height is not understood", {}),
        ({"height": "0.5"}, "height counts as 1.5 m", {"height": "1.5"}),
        ({"height": "40"}, "height counts as 12 m", {"height": "12"}),
        ({"height": "60 ft"}, "height counts as 12 m", {"height": "12"}),
        ({"camera:tilt": "steep"}, "camera:tilt is not understood", {}),
        ({"camera:tilt": "-135"}, "camera:tilt is not understood", {}),
        ({"camera:angle": "91"}, "camera:angle is not understood", {}),
        ({"camera:mount": "kite"}, "camera:mount is not known", {}),
        ({"camera:mount": "wall;kite"}, "camera:mount is not known", {"camera:mount": "wall"}),
        ({"camera:direction": "361"}, "direction is not understood", {}),
        ({"camera:direction": "-90"}, "direction is not understood", {}),
        ({"direction": "90;400"}, "direction is not understood", {}),
        ({"camera:type": "spy"}, "camera:type is not known", {}),
        ({"surveillance": "indoor", "level": "cellar"}, "level is not understood", {"surveillance": "indoor"}),
    ],
)
def test_oddity_when_a_tag_is_read_otherwise_then_one_line_says_so_without_its_value(
    tags: dict[str, str], said: str, meant: dict[str, str]
) -> None:
    (message,) = oddities(camera(tags))
    assert said in message
    assert "\n" not in message
    assert not any(
        part in message for value in tags.values() for part in value.split(";") if part not in ("wall", "90")
    )
    assert optics(tags) == optics(meant)


@pytest.mark.parametrize(
    "tags",
    [
        {"height": "3m"},
        {"height": "10 ft"},
        {"height": "1.5"},
        {"height": "12"},
        {"camera:tilt": "-90"},
        {"camera:angle": "15°"},
        {"camera:mount": "wall"},
        {"camera:mount": "Street_lamp; pole"},
        {"camera:mount": "ceiling"},
        {"camera:direction": "360"},
        {"level": "first"},  # outdoors nobody asks
        {"surveillance": "indoor", "level": "0"},
    ],
)
def test_oddity_when_all_is_understood_then_none(tags: dict[str, str]) -> None:
    assert list(oddities(camera(tags))) == []
