"""Reports and reviews in any order, with kills between any two steps: no one report removes a camera."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from oracle import sees

from routing.cameras import check, read_cameras, write_cameras
from routing.errors import BadUsageError
from routing.hazard.existence import existence
from routing.hazard.parameters import model
from routing.model import Camera, LonLat
from routing.optics import view_of
from routing.reports import Gone, NewCamera, NoneSeen, Report, StillThere, Turned
from routing.surveys import read_surveys
from web import publishing
from web.publishing import CAMERAS, SURVEYS, publish, start
from web.store import Decision, Store

if TYPE_CHECKING:
    from numpy.typing import NDArray

LOOKS: list[dict[str, str]] = [{}, {"direction": "W"}, {"camera:direction": "null", "surveillance:direction": "20-80"}]
KNOWN = [
    Camera(
        f"osm/node/{number}",
        LonLat(24.94 + number / 1000, 60.17),
        {"man_made": "surveillance", "camera:type": "fixed", **look},
        last_seen="2020-05",
    )
    for number, look in enumerate(LOOKS, start=1)
]
ROUND = np.radians(np.arange(360.0) + 0.25)
RIM = 20.0 * np.column_stack([np.sin(ROUND), np.cos(ROUND)])  # metres, all around a camera
ids = st.sampled_from([camera.id for camera in KNOWN])
ago = st.integers(0, 12)  # months: a sender names the month that suits her

DEFAULT = model().default


def seen_by(camera: Camera) -> NDArray[np.bool_]:
    view = view_of(camera.tags)
    assert view is not None
    return sees(view, RIM)


class Crash(BaseException):
    """As a kill: nothing may catch it."""


class Review(RuleBasedStateMachine):
    """Contributors, reviewers, months that go by, and kills."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="sidestep-"))
        self.store = Store(self.folder)
        self.count = 0
        self.month = 1
        self.sent: dict[str, Report] = {}
        self.decided: dict[str, str] = {}
        self.accepted_in: dict[str, str] = {}  # by report
        self.reasons: set[str] = set()
        self.files: list[bytes] = []  # as the last publication, whole or killed, left them

    def teardown(self) -> None:
        shutil.rmtree(self.folder)

    @initialize()
    def begin(self) -> None:
        start(self.folder, KNOWN)
        self.files = self.read()

    def read(self) -> list[bytes]:
        return [(self.folder / name).read_bytes() for name in (CAMERAS, SURVEYS)]

    @rule()
    def server_starts(self) -> None:
        start(self.folder, KNOWN)

    def now(self, back: int = 0) -> str:
        return f"{2023 + (self.month + 12 - back) // 12}-{(self.month + 12 - back) % 12 + 1:02}"

    def send(self, kind: type[Any], back: int, **told: object) -> None:
        self.count += 1
        letters = "abcdefghijklmnopqrstuvwxyz"
        name = f"rp/aaaaaaaa{letters[self.count // 26 % 26]}{letters[self.count % 26]}"
        report = kind(id=name, month=self.now(back), **told)
        self.store.take([report], "2026-11-24")
        self.sent[name] = report

    @rule()
    def time_goes_by(self) -> None:
        self.month = min(self.month + 1, 30)

    @rule(lon=st.integers(0, 20), direction=st.none() | st.integers(0, 359), back=ago)
    def new(self, lon: int, direction: int | None, back: int) -> None:
        self.send(NewCamera, back, at=(24.94 + lon / 1e4, 60.17), direction=direction)

    @rule(camera=ids, back=ago)
    def there(self, camera: str, back: int) -> None:
        self.send(StillThere, back, camera=camera)

    @rule(camera=ids, back=ago)
    def gone(self, camera: str, back: int) -> None:
        self.send(Gone, back, camera=camera)

    @rule(camera=ids, direction=st.integers(0, 359), back=ago)
    def turned(self, camera: str, direction: int, back: int) -> None:
        self.send(Turned, back, camera=camera, direction=direction)

    @rule()
    def survey(self) -> None:
        self.send(NoneSeen, 0, line=[(24.94, 60.17), (24.95, 60.17)])

    @rule(data=st.data())
    def retry(self, data: st.DataObject) -> None:
        if self.sent:
            self.store.take([self.sent[data.draw(st.sampled_from(sorted(self.sent)))]], "2026-11-25")

    @rule(data=st.data(), action=st.sampled_from(["accept", "reject"]))
    def decide(self, data: st.DataObject, action: str) -> None:
        waiting = sorted(held.report.id for held in self.store.waiting())
        if waiting:
            name = data.draw(st.sampled_from(waiting))
            self.store.decide([Decision(self.now(), action, name)])
            self.decided[name], self.accepted_in[name] = action, self.now()

    @rule(data=st.data(), reason=st.sampled_from(["", "torn down"]))
    def remove(self, data: st.DataObject, reason: str) -> None:
        waiting = sorted(held.report.id for held in self.store.waiting() if isinstance(held.report, Gone))
        if waiting:
            name = data.draw(st.sampled_from(waiting))
            self.store.decide([Decision(self.now(), "remove", name, reason=reason)])
            self.decided[name], self.accepted_in[name] = "remove", self.now()
            if reason:
                report = self.sent[name]
                assert isinstance(report, Gone)
                self.reasons.add(report.camera)

    @rule(at=st.sampled_from(["write_surveys", "write_cameras", "begin_batch", "replace", "published", None]))
    def publish(self, at: str | None) -> None:
        with pytest.MonkeyPatch.context() as patch:

            def crash(*_given: object, **_more: object) -> None:
                raise Crash

            if at in {"write_surveys", "write_cameras"}:
                patch.setattr(publishing, at, crash)
            elif at == "replace":
                patch.setattr(publishing.os, "replace", crash)
            elif at is not None:
                patch.setattr(Store, at, crash)
            with contextlib.suppress(Crash):
                publish(self.store)
        self.files = self.read()

    @invariant()
    def only_publishing_changes_files(self) -> None:
        if self.files:
            assert self.read() == self.files

    @invariant()
    def files_are_canonical(self) -> None:
        if self.files:
            write_cameras(self.folder / "again.geojson", read_cameras(self.folder / CAMERAS))
            assert (self.folder / "again.geojson").read_bytes() == self.files[0]

    @invariant()
    def holds(self) -> None:
        self.store.verify()
        if not (self.folder / CAMERAS).exists():
            return
        cameras = {camera.id: camera for camera in read_cameras(self.folder / CAMERAS)}
        assert not [finding for finding in check(self.folder / CAMERAS) if finding.severity == "error"]
        accepted = {name: self.sent[name] for name, action in self.decided.items() if action != "reject"}
        published = {name for name in accepted if (held := self.store.get(name)) and held.state == "published"}
        for known in KNOWN:
            camera = cameras[known.id]
            about = {name: r for name, r in accepted.items() if getattr(r, "camera", None) == known.id}
            months = {self.accepted_in[name] for name, r in about.items() if isinstance(r, Gone)}
            if camera.status == "removed":
                assert len(months) >= 2 or known.id in self.reasons
                continue
            assert set(camera.gone) <= months
            looks = {self.accepted_in[name] for name, r in about.items() if isinstance(r, StillThere | Turned)}
            assert camera.confirmations <= len(looks)  # however often it was published
            # what is accepted within one month, be it by one sender, takes nothing away, whatever months she names: not
            # the camera, not its weight, not a direction
            whole = {self.accepted_in[name] for name in about}
            if len(whole) == 1:
                (month,) = whole
                assert existence(camera, month, DEFAULT) >= existence(known, month, DEFAULT)
                assert not (seen_by(known) & ~seen_by(camera)).any()
        new = {f"ss/{name[3:]}" for name, report in accepted.items() if isinstance(report, NewCamera)}
        assert cameras.keys() - {camera.id for camera in KNOWN} <= new  # nothing rejected or waiting is there
        seen = {f"ss/{name[3:]}" for name in published if isinstance(self.sent[name], NewCamera)}
        assert seen <= cameras.keys()
        surveys = [survey.id for survey in read_surveys(self.folder / SURVEYS)]
        assert {f"sv/{name[3:]}" for name in published if isinstance(self.sent[name], NoneSeen)} <= set(surveys)


Review.TestCase.settings = settings(max_examples=25, stateful_step_count=30)
TestReview = Review.TestCase


def test_publish_when_the_camera_is_not_known_then_kept_for_later(tmp_path: Path) -> None:
    store = Store(tmp_path)
    start(tmp_path, [])
    store.take([StillThere(id="rp/abcdefghij", month="2026-10", camera="osm/node/1")], "2026-11-24")
    store.decide([Decision("2026-11", "accept", "rp/abcdefghij")])
    assert publish(store).stuck.keys() == {"rp/abcdefghij"}
    write_cameras(tmp_path / CAMERAS, KNOWN)
    assert publish(store).after["osm/node/1"].confirmations == 1
    assert publish(store).after == {}


def test_publish_when_removal_has_neither_two_months_nor_a_reason_then_the_camera_stays(tmp_path: Path) -> None:
    store = Store(tmp_path)
    start(tmp_path, KNOWN)
    store.take([Gone(id="rp/abcdefghij", month="2026-10", camera="osm/node/1")], "2026-11-24")
    store.decide([Decision("2026-11", "remove", "rp/abcdefghij")])
    assert publish(store).stuck.keys() == {"rp/abcdefghij"}
    states = {camera.id: camera.status for camera in read_cameras(tmp_path / CAMERAS)}
    assert states["osm/node/1"] == "confirmed"
    with pytest.raises(BadUsageError, match="does not wait"):
        store.decide([Decision("2026-11", "accept", "rp/abcdefghij")])
