"""The model in pictures, one fact each: small letters are ways, digits buildings, capitals cameras, the rest is air."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from drawing import draw
from streets import DEFAULT

from routing.graph import Flag
from routing.hazard.hazards import hazards_of, lines_of, risk_of
from routing.hazard.walls import walls_from
from routing.network import build_graph
from routing.outlines import outline_walls

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from drawing import Drawing

    from routing.hazard.hazards import Hazards

PATH = "highway=footway"
HOUSE = "building=yes"
CAMERA = "man_made=surveillance surveillance:type=camera"
FIXED = f"{CAMERA} camera:type=fixed"
DOME = f"{CAMERA} camera:type=dome"
POLE = f"{DOME} camera:mount=pole"


@dataclass(frozen=True)
class Watched:
    """What the cameras of a drawing do on its ways, which are named by the letters along them as they are walked."""

    words: Sequence[str]  # by line, as it is drawn
    hazards: Hazards

    def in_view_m(self, word: str) -> float:
        """Give the metres of a way that any camera has in view."""
        line, views, reached_m, total_m = self._line(word)[0], self.hazards.views, 0.0, 0.0
        for row in np.flatnonzero(views.line == line)[np.argsort(views.from_m[views.line == line])]:
            total_m += max(0.0, views.to_m[row] - max(views.from_m[row], reached_m))
            reached_m = max(reached_m, views.to_m[row])
        return total_m

    def chance(self, word: str) -> float:
        """Give the chance that who walks a way is recognised, if all cameras are there and connected."""
        line, way = self._line(word)
        sure = np.ones(len(self.hazards.count))
        return float(-np.expm1(-risk_of(self.hazards, sure, len(self.words))[line, way]))

    def _line(self, word: str) -> tuple[int, int]:
        forth = word in self.words
        return self.words.index(word if forth else word[::-1]), int(not forth)


def watched(drawing: Drawing, *, copies: int = 1) -> Watched:
    """Look at a drawing through its cameras, each of them as often as is said."""
    data = drawing.read()
    graph = build_graph(data)
    words = ["".join(drawing.letter(point) for point in graph.shape(line)) for line in range(graph.section_count)]
    lines = lines_of(graph.shape_lonlat, graph.shape_start, (graph.flags & Flag.ENCLOSED) != 0, graph.levels)
    cameras = [replace(one, id=f"{one.id}{copy}") for copy in range(copies) for one in data.cameras]
    return Watched(words, hazards_of(cameras, lines, walls_from(outline_walls(data.buildings)), DEFAULT))


def tagged(tags: str, **more: str) -> Mapping[str, str]:
    """Add tags whose values may hold spaces."""
    return {**dict(pair.split("=", 1) for pair in tags.split()), **{key.replace("__", ":"): more[key] for key in more}}


def test_camera_when_behind_a_house_then_the_street_before_it_is_not_seen() -> None:
    art = """
        a-----------------b
        .
           1--------2
           |        |
           4--------3
               C
    """
    open_field = watched(draw(art, [("ab", PATH)], nodes={"C": POLE}, step_m=3))
    hidden = watched(draw(art, [("ab", PATH), ("12341", HOUSE)], nodes={"C": POLE}, step_m=3))
    assert (open_field.in_view_m("ab") > 40.0, open_field.chance("ab") > 0.0) == (True, True)
    assert (hidden.in_view_m("ab"), hidden.chance("ab"), hidden.chance("ba")) == (0.0, 0.0, 0.0)


def test_camera_when_it_looks_along_the_street_then_it_knows_who_comes_and_not_who_goes() -> None:
    street = watched(
        draw(
            """
            a-------------b C
            """,
            [("ab", PATH)],
            nodes={"C": f"{FIXED} camera:direction=270 camera:mount=pole height=3"},
            step_m=3,
        )
    )
    assert street.chance("ab") > 0.5
    assert street.chance("ba") < 0.01
    assert street.in_view_m("ab") == street.in_view_m("ba") > 25.0  # in view is who has her back to it, too


def test_camera_when_it_looks_the_other_way_then_nothing() -> None:
    south = watched(
        draw(
            """
            a-------b
                C
            """,
            [("ab", PATH)],
            nodes={"C": f"{FIXED} camera:direction=180"},
        )
    )
    assert (south.in_view_m("ab"), south.chance("ab")) == (0.0, 0.0)


def test_camera_when_mapped_inside_its_house_then_it_hangs_on_the_nearest_wall_and_looks_out() -> None:
    house = watched(
        draw(
            """
            m--------------n
            .
            1--------------2
            |              |
            |              |
            |      C       |
            4--------------3
            .
            a--------------b
            """,
            [("ab", PATH), ("mn", PATH), ("12341", HOUSE)],
            nodes={"C": f"{FIXED} camera:mount=wall"},
            step_m=3,
        )
    )
    assert house.in_view_m("ab") == pytest.approx(45.0, abs=0.1)
    assert house.in_view_m("mn") == 0.0


YARD = """
    1------------2
    |  5------6  |
    |  | C y-z|  |
    |  |      |  |
    |  8------7  |
    4------------3
    .
    a-----D------b
"""
BLOCK = [("1:outer 2:inner", "type=multipolygon building=yes")]
YARD_WAYS = [("12341", ""), ("56785", ""), ("ab", PATH), ("yz", PATH)]


def test_camera_when_in_a_courtyard_then_it_sees_the_yard_and_not_the_street() -> None:
    yard = watched(draw(YARD, YARD_WAYS, nodes={"C": DOME}, relations=BLOCK, step_m=4))
    assert yard.in_view_m("yz") == pytest.approx(8.0, abs=0.1)
    assert yard.in_view_m("ab") == 0.0


def test_camera_when_in_the_street_then_it_sees_the_street_and_not_into_the_courtyard() -> None:
    front = watched(draw(YARD, YARD_WAYS, nodes={"D": POLE}, relations=BLOCK, step_m=4))
    assert front.in_view_m("yz") == 0.0
    assert front.in_view_m("ab") > 45.0


def test_camera_when_two_houses_leave_a_gap_then_it_sees_what_lies_behind_the_gap() -> None:
    gap = watched(
        draw(
            """
            a-------------------b
            .
            .
            .
            1--------2 5--------6
            |        | |        |
            4--------3 8--------7
            .
                      C
            """,
            [("ab", PATH), ("12341", HOUSE), ("56785", HOUSE)],
            nodes={"C": POLE},
            step_m=2,
        )
    )
    assert gap.in_view_m("ab") == pytest.approx(2 * 4.0, abs=0.1)  # twice as far as the gap's far end, twice as wide


def test_roof_when_it_stands_on_posts_then_one_sees_beneath() -> None:
    art = """
        a-----------b
        .
        1-----------2
        |           |
        4-----------3
              C
    """
    seen = [
        watched(draw(art, [("ab", PATH), ("12341", kind)], nodes={"C": POLE}, step_m=3)).in_view_m("ab")
        for kind in ("building=roof", HOUSE)
    ]
    assert seen == [pytest.approx(36.0, abs=0.1), 0.0]


def test_camera_when_on_a_bridge_then_it_sees_open_ways_and_not_the_tunnel_below() -> None:
    bridge = watched(
        draw(
            """
                c
                |
            a---C---b
                |
            t   |   u
                d
            """,
            [
                ("ab", "highway=footway bridge=yes layer=1"),
                ("cd", PATH),
                ("tu", "highway=footway tunnel=yes layer=-1"),
            ],
            nodes={"C": f"{POLE} layer=1"},
            step_m=4,
        )
    )
    assert bridge.in_view_m("ab") == pytest.approx(32.0, abs=0.1)
    assert bridge.in_view_m("cd") == pytest.approx(20.0, abs=0.1)
    assert bridge.in_view_m("tu") == 0.0


def test_camera_when_indoors_then_it_acts_on_the_indoor_ways_of_its_level_alone() -> None:
    hall = watched(
        draw(
            """
            a-------b
            c-------d
            e---I---f
            """,
            [
                ("ab", PATH),
                ("cd", "highway=corridor indoor=yes level=-1"),
                ("ef", "highway=corridor indoor=yes level=-2"),
            ],
            nodes={"I": f"{DOME} surveillance=indoor level=-1"},
            step_m=3,
        )
    )
    assert hall.in_view_m("cd") == pytest.approx(24.0, abs=0.1)
    assert (hall.in_view_m("ab"), hall.in_view_m("ef")) == (0.0, 0.0)
    assert hall.chance("cd") > 0.0 == hall.chance("ef") == hall.chance("ab")


@pytest.mark.parametrize(("kind", "reach_m"), [("fixed", 33.0), ("dome", 28.0), ("panning", 111.0), ("panorama", 11.0)])
def test_camera_when_of_another_kind_then_it_sees_as_far_as_that_kind(kind: str, reach_m: float) -> None:
    street = watched(
        draw(
            """
            a-------------C-------------b
            """,
            [("ab", PATH)],
            nodes={"C": f"{CAMERA} camera:type={kind} camera:mount=pole"},
        )
    )
    assert street.in_view_m("ab") == pytest.approx(2 * reach_m, abs=0.1)


def test_camera_when_at_sea_then_it_sees_nothing() -> None:
    shore = watched(
        draw(
            """
            a----b
            .
              ~ ~
            ~   ~ ~
              ~
            ~    C ~
            """,
            [("ab", PATH)],
            nodes={"C": f"{CAMERA} camera:type=panning"},
            step_m=50,
        )
    )
    assert (shore.in_view_m("ab"), shore.chance("ab")) == (0.0, 0.0)
    assert shore.hazards.count.tolist() == [1]


def test_camera_when_above_a_door_then_it_matters_within_a_few_metres_alone() -> None:
    house = watched(
        draw(
            """
            1--------C--------2
            a-----------------b
            c-----------------d
            .
            e-----------------f
            .
            .
            .
            g-----------------h
            """,
            [("ab", PATH), ("cd", PATH), ("ef", PATH), ("gh", PATH)],
            nodes={"C": f"{CAMERA} surveillance:zone=entrance camera:direction=180"},
            step_m=3,
        )
    )
    chances = [max(house.chance(way), house.chance(way[::-1])) for way in ("ab", "cd", "ef", "gh")]
    assert chances == pytest.approx([0.14, 0.05, 0.006, 0.0005], rel=0.5)


def test_cameras_when_ten_thousand_hang_in_one_spot_then_seen_as_by_one_and_sure_to_be_recognised() -> None:
    drawing = draw(
        """
        a-------b
            C
        """,
        [("ab", PATH)],
        nodes={"C": POLE},
    )
    one, many = watched(drawing), watched(drawing, copies=10_000)
    assert many.in_view_m("ab") == one.in_view_m("ab") > 30.0
    assert 0.0 < one.chance("ab") < 0.1
    assert many.chance("ab") == pytest.approx(1.0)


def test_house_when_its_outline_crosses_itself_then_it_hides_as_far_as_it_reaches() -> None:
    bow_tie = watched(
        draw(
            """
            a-----------b
            .
            1-----------2
            .
            .
            3-----------4
                  C
            """,
            [("ab", PATH), ("12341", HOUSE)],
            nodes={"C": POLE},
            step_m=3,
        )
    )
    assert bow_tie.in_view_m("ab") == 0.0


def test_house_when_its_outline_is_open_then_it_is_no_wall() -> None:
    ring = watched(
        draw(
            """
            a-----------b
            .
            1-----------2
                        |
            4-----------3
                  C
            """,
            [("ab", PATH), ("1234", HOUSE)],
            nodes={"C": POLE},
            step_m=3,
        )
    )
    assert ring.in_view_m("ab") == pytest.approx(36.0, abs=0.1)


def seen_with(**tags: str) -> tuple[float, float]:
    """Tell what a camera beside a street does: the metres in view, and the chance that it recognises who comes."""
    street = watched(
        draw(
            """
            a-----------------b
                     C
            """,
            [("ab", PATH)],
            nodes={"C": tagged(f"{FIXED} camera:mount=pole", **tags)},
            step_m=4,
        )
    )
    return street.in_view_m("ab"), street.chance("ab")


@pytest.mark.parametrize(
    ("told", "meant"),
    [
        ({"height": "3m"}, {"height": "3"}),
        ({"height": "10 ft"}, {"height": "3.048"}),
        ({"height": "2 storeys"}, {}),  # not understood: as high as most
        ({"height": "-4"}, {}),
        ({"height": "40"}, {"height": "12"}),  # a roof's
        ({"camera__direction": "0"}, {"camera__direction": "N"}),
        ({"camera__direction": "360"}, {"camera__direction": "0"}),
        ({"camera__direction": "400"}, {}),  # nobody knows whither: all round
        ({"camera__direction": "-30"}, {}),
        ({"camera__direction": "north-ish"}, {}),
        ({"camera__tilt": "720"}, {}),
        ({"camera__angle": "steep"}, {}),
    ],
)
def test_tags_when_odd_or_out_of_range_then_read_as_what_is_meant_or_as_unknown(
    told: dict[str, str], meant: dict[str, str]
) -> None:
    assert seen_with(**told) == seen_with(**meant)


@pytest.mark.parametrize("tags", [{"height": "3"}, {"camera__direction": "0"}, {"camera__tilt": "-45"}])
def test_tags_when_understood_then_they_matter(tags: dict[str, str]) -> None:
    assert seen_with(**tags) != seen_with()
