"""Camera files that change → a new version of a served area, without a restart.

The application of an area never changes: a new one is made beside it and one pointer moves. Requests that run finish on
the old one. What does not depend on cameras (map, names, the page's own files) is shared, and the files of the version
before stay at their addresses.
"""

from __future__ import annotations

import datetime as dt
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from routing.cameras import read_cameras
from routing.console import complain
from routing.errors import SidestepError
from routing.revise import revised
from routing.surveys import read_surveys
from web.app import create_app, warm_up
from web.privacy import report
from web.publishing import CAMERAS, SURVEYS, publish, start
from web.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path
    from wsgiref.types import StartResponse, WSGIEnvironment

    from routing.area import Area
    from web.planners import Planners
    from web.privacy import QuietFlask
    from web.settings import Settings

LOOK_S: Final = 2.0  # between two looks at the files
_LONGEST_PAUSE_S: Final = 600.0  # after looks that failed by a bug or for want of memory
_Identity = tuple[int, int, int]
_Seen = tuple[_Identity | None, _Identity | None, str]


class Live:
    """A WSGI application that follows the files of a folder of reports.

    Parameters
    ----------
    area
        As it was built; its map stays.
    folder
        Of reports; begun with the area's cameras where it is empty.

    Raises
    ------
    BadFileError
        If a file there cannot be read.
    """

    def __init__(self, area: Area, settings: Settings, folder: Path, *, planners: Planners) -> None:
        self._area = area
        self._settings = settings
        self._planners = planners
        self._folder = folder
        self._store = Store(folder)
        self._end = threading.Event()
        start(folder, area.cameras)
        try:
            publish(self._store)  # what an interrupted review left
        except SidestepError as error:  # walks can be planned all the same
            complain(f"sidestep: {error}; reports that are accepted were not published")
        self._seen = self._look()
        self._app = self._make(None, self._seen)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request by the version that is current when it comes."""
        return self._app(environ, start_response)

    @property
    def app(self) -> QuietFlask:
        """Give the application that is current."""
        return self._app

    def follow(self) -> None:
        """Look after the files until :meth:`close`, on a thread of its own."""
        threading.Thread(target=self._follow, name="camera files", daemon=True).start()

    def close(self) -> None:
        """Look no longer."""
        self._end.set()

    def refresh(self) -> bool:
        """Take up the files if they have changed, and tell whether they had.

        A file that cannot be read leaves the version as it is, and the operator is told. Any other failure is raised,
        and the same files are taken up by the next call.
        """
        seen = self._look()
        if seen == self._seen:
            return False
        try:
            app = self._make(self._app, seen)
        except SidestepError as error:
            self._seen = seen
            complain(f"sidestep: {error}; the cameras stay as they were")
            return False
        self._seen, self._app = seen, app
        return True

    def _follow(self) -> None:
        pause_s = LOOK_S
        while not self._end.wait(pause_s):
            try:
                self.refresh()
                pause_s = LOOK_S
            except Exception as error:  # noqa: BLE001 - the last resort: who else would look after the files?
                report(error)
                pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)  # and it is tried again

    def _look(self) -> _Seen:
        """Tell one state of the files from another; and one month, for records age."""
        return _identity(self._folder / CAMERAS), _identity(self._folder / SURVEYS), _this_month()

    def _make(self, before: QuietFlask | None, seen: _Seen) -> QuietFlask:
        cameras, surveys = read_cameras(self._folder / CAMERAS), read_surveys(self._folder / SURVEYS)
        area = revised(self._area, cameras, surveys=surveys, month=_this_month())
        written = seen[0]
        if written is not None and area.cameras != self._area.cameras:
            month = f"{dt.datetime.fromtimestamp(written[2] / 1e9, dt.UTC):%Y-%m}"
            area = replace(area, manifest=replace(area.manifest, cameras_month=month))
        app = create_app(area, self._settings, planners=self._planners, store=self._store, before=before)
        warm_up(area, app.extensions["sidestep"])
        return app


def _this_month() -> str:
    return f"{dt.datetime.now(dt.UTC):%Y-%m}"


def _identity(path: Path) -> tuple[int, int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_ino, status.st_size, status.st_mtime_ns
