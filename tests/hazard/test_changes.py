"""Cameras that change: what is put together from what was known is what would be computed anew, to the last bit."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from streets import DEFAULT, assert_same, block, camera, street, walls

from routing.hazard.hazards import hazards_of
from routing.hazard.live import lines_of_cameras, replaced

if TYPE_CHECKING:
    from routing.model import Camera

TOWN = street(
    [(-60.0, 0.0), (0.0, 0.0), (60.0, 0.0)],
    [(0.0, 0.0), (0.0, 60.0)],
    [(0.0, 0.0), (40.0, -40.0)],
    [(-60.0, 30.0), (-20.0, 30.0)],
)
HOUSES = walls(*block(5, 5, 30, 30), *block(-30, 8, -6, 25), *block(8, -30, 12, -12))
# one lens, three and six of them, one place and eight, and what is no camera
KINDS: list[dict[str, str]] = [
    {"camera:type": "fixed", "camera:direction": "120"},
    {"camera:type": "dome"},
    {"camera:type": "panning"},
    {"camera:type": "panorama"},
    {"camera:type": ""},
    {"surveillance:type": "guard"},
    {"surveillance": "indoor"},
]


def made(x: float, y: float, kind: int, source: str) -> Camera:
    one = camera(x, y)
    return replace(one, tags={**one.tags, **KINDS[kind]}, source=source)


cameras = st.lists(
    st.builds(
        made,
        st.floats(-70, 70),
        st.floats(-70, 70),
        st.integers(0, len(KINDS) - 1),
        st.sampled_from(["osm", "import:list"]),
    ),
    max_size=6,
)


@given(old=cameras, fresh=cameras, data=st.data())
@settings(max_examples=60)
def test_rows_when_cameras_are_added_removed_changed_and_reordered_then_as_if_computed_anew(
    old: list[Camera],
    fresh: list[Camera],
    data: Any,  # noqa: ANN401
) -> None:
    stay = data.draw(st.lists(st.integers(0, len(old) - 1), unique=True) if old else st.just([]))
    order = data.draw(st.permutations(range(len(stay) + len(fresh))))
    listed = [*(old[one] for one in stay), *fresh]
    now = [listed[one] for one in order]
    at = {one: position for position, one in enumerate(order)}
    number = np.full(len(old), -1, dtype=np.int32)
    number[stay] = [at[position] for position in range(len(stay))]
    numbers = np.array([at[len(stay) + position] for position in range(len(fresh))], dtype=np.int32)
    found = replaced(
        hazards_of(old, TOWN, HOUSES, DEFAULT), number, hazards_of(fresh, TOWN, HOUSES, DEFAULT), numbers, len(now)
    )
    assert_same(found, hazards_of(now, TOWN, HOUSES, DEFAULT))


@given(listed=cameras, data=st.data())
def test_lines_when_asked_for_then_those_that_would_change_without_the_cameras(
    listed: list[Camera],
    data: Any,  # noqa: ANN401
) -> None:
    which = np.array(data.draw(st.lists(st.booleans(), min_size=len(listed), max_size=len(listed))), dtype=np.bool_)
    found = lines_of_cameras(hazards_of(listed, TOWN, HOUSES, DEFAULT), which).tolist()
    alone = hazards_of(
        [one for one, chosen in zip(listed, which.tolist(), strict=True) if chosen], TOWN, HOUSES, DEFAULT
    )
    assert found == sorted({*alone.line.tolist(), *alone.views.line.tolist()})


def test_lines_when_one_is_only_in_view_or_only_acted_on_then_it_is_listed_all_the_same() -> None:
    below, far, hidden = [(-0.5, 0.0), (0.5, 0.0)], [(-20.0, 45.0), (20.0, 45.0)], [(-20.0, -150.0), (20.0, -150.0)]
    found = hazards_of([camera(0, 0.5, height=12)], street(below, far, hidden), walls(), DEFAULT)
    # it sees the top of a head below it, and a face afar too small to be in view
    assert (found.line.tolist(), found.views.line.tolist()) == ([1], [0])
    assert lines_of_cameras(found, np.array([True])).tolist() == [0, 1]
    assert lines_of_cameras(found, np.array([False])).tolist() == []
