"""What many tests share: real areas, built once a session; and the order in which a clean checkout is tested."""

from __future__ import annotations

import os
import pickle
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from routing.build import build_area
from routing.workspace import demo_extract, released_cameras

if TYPE_CHECKING:
    from collections.abc import Callable

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

# the first walk on a clean checkout has the kernels compiled, for most of a minute; two workers that begin with walks
# would both do it, so that the other begins with what needs none
_COMPILES = "test_route_when_why_is_asked_then_a_certificate_for_a_pair_with_a_way_past_all_and_for_one_without"
_WITHOUT_KERNELS = frozenset(
    {
        "test_access.py", "test_quality.py", "test_cameras.py", "test_importing.py", "test_optics.py", "test_points.py",
        "test_download.py", "test_camera_checks.py", "test_camera_diff.py", "test_camera_edits.py",
        "test_camera_merge.py", "test_camera_schema.py", "test_camera_stats.py", "test_places.py",
    }
)  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put one test first that compiles, then those that need no kernels, then the others as they come."""
    items.sort(key=lambda item: (item.name != _COMPILES, item.path.name not in _WITHOUT_KERNELS))


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Callable[[], Area]], Area]:
    """A function that gives an area under a name of its own: built by the worker that asks first, read by the other.

    Arrays that cannot be written stay so: kernels are compiled apart for those that can.
    """
    import fcntl

    base = tmp_path_factory.getbasetemp()
    folder = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base

    def of(name: str, build: Callable[[], Area]) -> Area:
        file = folder / f"{name}.area"
        with (folder / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not file.exists():
                file.write_bytes(pickle.dumps(build(), protocol=5))
        made: Area = pickle.loads(file.read_bytes())  # noqa: S301 - our own
        return made

    return of


@pytest.fixture(scope="session")
def demo(once: Callable[[str, Callable[[], Area]], Area]) -> Area:
    """The demo area, in memory."""
    return once("demo", lambda: build_area(demo_extract(), camera_files=[released_cameras()], name="Helsinki centre"))


@pytest.fixture(scope="session")
def test_data() -> Path:
    """The folder of the larger extracts."""
    folder = os.environ.get("SIDESTEP_TEST_DATA")
    if not folder:
        pytest.skip("SIDESTEP_TEST_DATA is not set: the larger extracts are not at hand")
    return Path(folder)


@pytest.fixture(scope="session")
def centre(test_data: Path, once: Callable[[str, Callable[[], Area]], Area]) -> Area:
    """The larger Helsinki area, in memory."""
    extract = test_data / "helsinki-centre.osm.pbf"
    return once("centre", lambda: build_area(extract, camera_files=[released_cameras()]))


@pytest.fixture(scope="session")
def downtown(test_data: Path, once: Callable[[str, Callable[[], Area]], Area]) -> Area:
    """The middle of San Francisco without cameras, in memory."""
    return once("downtown", lambda: build_area(test_data / "sf-downtown.osm.pbf"))
