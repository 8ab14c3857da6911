"""Is a camera still there: the filter against simulated cameras, and what no report may do."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from streets import DEFAULT

from routing.hazard.existence import existence
from routing.model import Camera, LonLat

LEAST = DEFAULT.existence_least
ONE = Camera("osm/node/1", LonLat(24.94, 60.17), {"man_made": "surveillance"}, last_seen="2016-11")
months = st.builds("{}-{:02}".format, st.integers(2010, 2030), st.integers(1, 12))


def test_existence_when_years_pass_in_silence_then_as_the_paper_has_it() -> None:
    assert existence(ONE, "2016-11", DEFAULT) == pytest.approx(0.90)
    assert existence(ONE, "2021-11", DEFAULT) == pytest.approx(0.58, abs=0.005)
    assert existence(ONE, "2024-11", DEFAULT) == pytest.approx(0.45)
    called = replace(ONE, status="disputed", gone=("2021-11",))
    assert existence(called, "2021-11", DEFAULT) == pytest.approx(0.58, abs=0.005)  # not yet
    assert existence(called, "2021-12", DEFAULT) == pytest.approx(0.13, abs=0.005)
    assert existence(replace(called, gone=("2021-11", "2021-12")), "2022-01", DEFAULT) == pytest.approx(LEAST)
    assert existence(replace(ONE, status="removed"), "2016-11", DEFAULT) == 0.0
    assert existence(replace(ONE, last_seen=None), "2026-11", DEFAULT) == pytest.approx(0.45)


@given(
    seen=months | st.none(),
    gone=st.lists(months, max_size=3, unique=True),
    count=st.integers(0, 5),
    status=st.sampled_from(["confirmed", "unverified", "disputed"]),
    now=months,
)
def test_existence_when_the_record_is_anything_then_a_chance_that_falls_with_time(
    seen: str | None, gone: list[str], count: int, status: str, now: str
) -> None:
    camera = replace(ONE, last_seen=seen, gone=tuple(sorted(gone)), confirmations=count, status=status)
    here = existence(camera, now, DEFAULT)
    assert LEAST <= here < 1.0
    later = f"{int(now[:4]) + 3}{now[4:]}"
    assert existence(camera, later, DEFAULT) <= here
    assert existence(replace(camera, confirmations=count + 1), now, DEFAULT) >= here or count > 0


def test_existence_when_cameras_are_simulated_then_as_many_stand_as_it_says() -> None:
    rng = np.random.default_rng(11)
    told, true = [], []
    for _ in range(40_000):
        age = int(rng.integers(1, 180))  # months since it was seen
        there = rng.random() < DEFAULT.existence_first
        month, stands, gone = 0, there, []
        looks = sorted(rng.integers(0, age, rng.poisson(0.6)).tolist())
        for at in [*looks, age]:
            stands = stands and rng.random() < 0.5 ** ((at - month) / (12 * DEFAULT.half_life_years))
            month = at
            if at in looks and len(gone) < looks.index(at) + 1:
                says_gone = rng.random() < (DEFAULT.gone_if_there if stands else DEFAULT.gone_if_gone)
                if not says_gone:
                    gone = None
                    break
                gone.append(at)
        if gone is None:  # records of sightings are told by their last month alone
            continue
        names = tuple(sorted({f"{2010 + at // 12}-{at % 12 + 1:02}" for at in gone}))
        if len(names) < len(gone):
            continue
        camera = replace(ONE, last_seen="2010-01", gone=names, status="disputed" if names else "confirmed")
        told.append(existence(camera, f"{2010 + age // 12}-{age % 12 + 1:02}", DEFAULT))
        true.append(stands)
    chance, stands_now = np.array(told), np.array(true)
    sure = chance > 1.01 * LEAST  # below, the floor of what is on the map speaks
    for low, high in zip(np.arange(0.0, 1.0, 0.1), np.arange(0.1, 1.1, 0.1), strict=True):
        some = sure & (chance >= low) & (chance < high)
        if some.sum() > 2000:
            assert stands_now[some].mean() == pytest.approx(chance[some].mean(), abs=0.02)
    assert sure.sum() > 20_000
