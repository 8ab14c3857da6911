"""Where things are kept on the user's machine, and the demo area, which is built there once."""

from __future__ import annotations

import hashlib
import re
import shutil
from contextlib import suppress
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs

from routing.area_folder import is_current, load, save, stands
from routing.errors import BadFileError, OutsideError

if TYPE_CHECKING:
    from routing.area import Area
    from routing.looking import Progress

DEMO_NAME = "Helsinki centre"
_DEMO_EXTRACT = "helsinki.osm.pbf"
_RELEASE = "cameras.geojson"
_FINGERS = 16  # letters of a demo folder's name that tell versions apart


def data_file(name: str) -> Path:
    """Find a file of ``data/``: inside the installed package, or beside it in a source checkout."""
    installed = Path(str(files("routing"))) / "_data" / name
    checkout = Path(__file__).parent.parent / "data" / name
    for path in (installed, checkout):
        if path.is_file():
            return path
    raise BadFileError(f"{name} is missing from this installation of sidestep; install it again")


def released_cameras() -> Path:
    """Give the camera file that ships."""
    return data_file(_RELEASE)


def demo_extract() -> Path:
    """Give the map extract that ships."""
    return data_file(_DEMO_EXTRACT)


def cache_dir() -> Path:
    """Give the folder for what can be made or fetched again."""
    return Path(platformdirs.user_cache_dir("sidestep", appauthor=False))


def areas_dir() -> Path:
    """Give the folder of the areas that the user has built."""
    return Path(platformdirs.user_data_dir("sidestep", appauthor=False)) / "areas"


def slug(name: str) -> str:
    """Make a folder name of a place name, in its own script.

    Examples
    --------
    >>> slug("Kallio, Helsinki"), slug("Останкино")
    ('kallio-helsinki', 'останкино')
    """
    return "-".join(re.findall(r"\w+", name.casefold()))[:80] or "area"


def find_area(given: str | None, *, progress: Progress, basemap: bool = False) -> Area:
    """Load the area that a user means.

    Parameters
    ----------
    given
        A folder, or the name of an area built into :func:`areas_dir`; ``None`` for the demo area.
    progress
        Shows the building of the demo area.
    basemap
        Draw the demo area's basemap if it has none yet. Other areas are as they were built.

    Raises
    ------
    BadFileError
        If there is no such area, or it is damaged.
    OutsideError
        If the basemap cannot be drawn.
    """
    if given is None:
        return demo_area(progress=progress, basemap=basemap)
    named = areas_dir() / slug(given)
    if Path(given).name == given and not stands(Path(given)) and stands(named):
        return load(named)
    if not given:  # Path would take it for where we are
        raise BadFileError("an empty name is no area; build one with: sidestep area build")
    return load(Path(given))


def check_room_for_area(folder: Path) -> None:
    """Refuse a folder that holds something else than an area, before work is put into building one.

    Raises
    ------
    BadFileError
        If something that is not an area stands there.
    OutsideError
        If nothing can stand there.
    """
    try:
        folder.lstat()
    except FileNotFoundError:
        return
    except OSError as error:
        raise OutsideError(f"{folder}: the area cannot be written ({error.strerror}); choose another --out") from error
    if not stands(folder):
        raise BadFileError(f"{folder}: exists and is not an area; choose another --out")


def demo_area(*, progress: Progress, basemap: bool = False) -> Area:
    """Load the demo area; build it first where it is missing, damaged, or made by another version of code or data.

    The basemap takes longer than all else and planning does not need it: it is drawn once, when first asked for.

    Raises
    ------
    OutsideError
        If the basemap cannot be drawn.
    """
    folder = cache_dir() / f"demo-{_fingerprint()}"
    if is_current(folder):
        with suppress(BadFileError):  # it is ours, and made anew in a second
            area = load(folder)
            if not basemap or area.basemap is not None:
                return area
            return _kept(_with_basemap(area, progress), folder)
    from routing.build import build_area

    if folder.exists() and not stands(folder):  # half of it: the cache may lose files at any time
        shutil.rmtree(folder, ignore_errors=True)
    area = build_area(demo_extract(), camera_files=[released_cameras()], name=DEMO_NAME, progress=progress)
    return _kept(_with_basemap(area, progress) if basemap else area, folder)


def _with_basemap(area: Area, progress: Progress) -> Area:
    from routing.build import with_basemap

    return with_basemap(area, demo_extract(), progress=progress)


def _kept(area: Area, folder: Path) -> Area:
    """Put a demo area into the cache, and give what stands there."""
    try:
        save(area, folder)
    except OutsideError:
        return area  # it will do without a cache
    for other in folder.parent.glob(f"demo-{'?' * _FINGERS}"):
        if other != folder:  # of another version; who has it open keeps what is mapped
            shutil.rmtree(other, ignore_errors=True)
    return load(folder)


def _fingerprint() -> str:
    """Tell versions of the code and of the shipped data apart."""
    digest = hashlib.sha256()
    for path in (demo_extract(), released_cameras(), *sorted(Path(__file__).parent.rglob("*.py"))):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:_FINGERS]
