"""Runs taken from an array are those that slicing gives."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from routing.grid import entries_of, in_cells_of, items_in
from routing.ragged import taken


@given(sizes=st.lists(st.integers(0, 5), min_size=1, max_size=8), data=st.data())
def test_taken_when_runs_are_any_then_as_slices_say(sizes: list[int], data: st.DataObject) -> None:
    start = np.concatenate([[0], np.cumsum(sizes)])
    asked = data.draw(st.lists(st.integers(0, len(sizes) - 1), max_size=12))
    found = taken(start, np.array(asked, dtype=np.int64))
    slices = [list(range(start[run], start[run + 1])) for run in asked]
    assert found.at.tolist() == [at for one in slices for at in one]
    assert found.of.tolist() == [number for number, one in enumerate(slices) for _ in one]
    assert found.start.tolist() == [0, *np.cumsum([len(one) for one in slices]).tolist()]


BOXES = st.lists(st.tuples(*[st.floats(0.0, 0.02)] * 2, *[st.floats(0.0, 0.006)] * 2), min_size=1, max_size=12)


@given(boxes=BOXES, asked=BOXES, moved=st.floats(-0.01, 0.01))
def test_grid_when_boxes_are_asked_for_then_all_that_touch_are_listed_once_and_none_that_is_far(
    boxes: list[tuple[float, ...]], asked: list[tuple[float, ...]], moved: float
) -> None:
    low, size = np.split(np.array(boxes), 2, axis=1)
    at, wide = np.split(np.add(asked, [moved, moved, 0, 0]), 2, axis=1)
    entries = entries_of(low, low + size, cell_m=100.0)
    found = items_in(entries, at, at + wide)
    touch = ((low[:, None] <= at + wide) & (low[:, None] + size[:, None] >= at)).all(axis=-1).any(axis=1)
    near = ((low[:, None] <= at + wide + entries.cell) & (low[:, None] + size[:, None] >= at - entries.cell)).all(
        axis=-1
    )
    assert (np.diff(found) > 0).all()
    assert set(np.flatnonzero(touch)) <= set(found.tolist()) <= set(np.flatnonzero(near.any(axis=1)))
    inside = ((at[:, None] >= low) & (at[:, None] <= low + size)).all(axis=-1).any(axis=1)
    assert (in_cells_of(entries, at) >= inside).all()
