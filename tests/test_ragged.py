"""Runs taken from an array are those that slicing gives."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

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
