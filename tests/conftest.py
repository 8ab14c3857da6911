"""What many tests share: real areas, built once a session."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from routing.build import build_area
from routing.workspace import demo_extract, released_cameras

if TYPE_CHECKING:
    from routing.area import Area

# the first example of a test may compile a kernel; a failing example is printed with what reproduces it
settings.register_profile(
    "sidestep",
    deadline=None,
    print_blob=True,
    derandomize="CI"
    in os.environ,  # a check of a change must not depend on luck; at the desk every run tries new cases
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.load_profile("sidestep")


@pytest.fixture(scope="session")
def demo() -> Area:
    """The demo area, in memory."""
    return build_area(demo_extract(), camera_files=[released_cameras()], name="Helsinki centre")


@pytest.fixture(scope="session")
def test_data() -> Path:
    """The folder of the larger extracts."""
    folder = os.environ.get("SIDESTEP_TEST_DATA")
    if not folder:
        pytest.skip("SIDESTEP_TEST_DATA is not set: the larger extracts are not at hand")
    return Path(folder)


@pytest.fixture(scope="session")
def centre(test_data: Path) -> Area:
    """The larger Helsinki area, in memory."""
    return build_area(test_data / "helsinki-centre.osm.pbf", camera_files=[released_cameras()])
