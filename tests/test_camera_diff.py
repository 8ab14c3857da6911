"""Two camera files compared: what lets walks pass where they did not before comes first; no text steers a terminal."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from records import TAGS, camera, cameras, north

from routing.cameras import write_cameras
from routing.cli import run
from routing.differences import KINDS, differences
from routing.joining import names_of
from routing.model import Camera, Origin

if TYPE_CHECKING:
    from pathlib import Path

EAST = TAGS | {"camera:direction": "90"}
LISTS = st.lists(cameras(), max_size=6, unique_by=lambda one: one.id)
EVIL = "\u202e<b>x</b>\u2066\u200b"


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"status": "removed", "removed_because": "x"}, "removed"),
        ({"status": "disputed", "gone": ("2021-01",)}, "disputed"),
        ({"tags": TAGS | {"camera:direction": "270"}}, "turned"),
        ({"tags": TAGS}, "turned"),
        ({"lonlat": north(5)}, "moved"),
        ({"tags": EAST | {"indoor": "yes"}}, "changed"),
        ({"last_seen": "2019-01"}, "changed"),
        ({"last_seen": None}, "changed"),
        ({"confirmations": 0}, "changed"),
        ({"status": "unverified"}, "changed"),
        ({"fr": "yes"}, "changed"),
        ({"last_seen": "2023-01", "confirmations": 2}, "confirmed"),
        # the gravest that fits
        ({"status": "disputed", "gone": ("2021-01",), "lonlat": north(5), "tags": TAGS}, "disputed"),
        ({"lonlat": north(5), "tags": TAGS}, "turned"),
        ({"lonlat": north(5), "last_seen": "2023-01"}, "moved"),
    ],
)
def test_diff_when_a_record_changed_then_the_gravest_kind_with_what_differs(
    change: dict[str, object], kind: str
) -> None:
    old = camera(tags=EAST, confirmations=1)
    (found,) = differences([old], [replace(old, **change)])  # type: ignore[arg-type] # fields of the record
    assert (found.kind, found.id) == (kind, old.id)
    assert found.details


def test_diff_when_gone_more_or_back_then_disputed_and_confirmed() -> None:
    old = camera(status="disputed", gone=("2021-01",))
    assert differences([old], [replace(old, gone=("2021-01", "2021-03"))])[0].kind == "disputed"
    assert differences([old], [replace(old, status="confirmed", gone=(), last_seen="2021-02")])[0].kind == "confirmed"
    assert differences([camera(status="unverified")], [camera()])[0].kind == "confirmed"


def test_diff_when_records_come_and_go_then_told_where_they_are() -> None:
    old = [camera(1), camera(2), camera(3, status="removed"), camera(4, status="removed")]
    merged = camera(5, lonlat=north(30), also=(Origin("osm/node/2"),))
    told = differences(old, [merged, camera(3)])
    assert [(one.kind, one.id) for one in told] == [
        ("vanished", "osm/node/1"),
        ("merged", "osm/node/2"),
        ("changed", "osm/node/4"),
        ("added", "osm/node/3"),
        ("added", "osm/node/5"),
    ]
    assert told[1].details[0] == "into osm/node/5, 30 m from here"
    assert "brings it back" in told[2].details[0]
    buried = replace(merged, status="removed")
    assert [(one.kind, one.id) for one in differences([camera(2)], [buried])] == [
        ("removed", "osm/node/2"),
        ("removed", "osm/node/5"),
    ]
    assert differences([buried], [camera(2)])[-1].details == ("part of osm/node/5 before",)


@given(LISTS, LISTS)
def test_diff_when_taken_then_worst_first_and_no_loss_is_left_out(old: list[Camera], new: list[Camera]) -> None:
    told = differences(old, new)
    order = [list(KINDS).index(one.kind) for one in told]
    assert order == sorted(order)
    kinds = {one.id: one.kind for one in told}
    here = {one.id for one in new if one.status != "removed"}
    for one in old:
        if one.status != "removed" and one.id not in here:
            assert kinds[one.id] in {"removed", "vanished", "merged"}
            known = any(one.id in names_of(other) for other in new)
            assert (kinds[one.id] == "vanished") != known
    # and what is new, which may take cameras away that only the map has
    before = {one.id: one for one in old}
    rows = {(one.kind, one.id) for one in told}
    for one in new:
        if one.id not in before:
            assert ("removed" if one.status == "removed" else "added", one.id) in rows
        for name in names_of(one) - {one.id} - before.keys():
            if one.id not in before or name not in names_of(before[one.id]):
                assert ("removed" if one.status == "removed" else "merged", name) in rows


def test_diff_when_a_new_record_takes_cameras_away_that_only_the_map_has_then_told_first() -> None:
    sixty = tuple(Origin(f"osm/node/{n}") for n in range(100, 160))
    tombstone = camera(1, id="ss/aaaaaaaaaa", status="removed", removed_because="a dummy", also=sixty)
    told = differences([camera(9)], [camera(9), tombstone])
    assert [one.kind for one in told] == ["removed"] * 61
    assert {one.id for one in told} == {tombstone.id, *(origin.id for origin in sixty)}
    own = next(one for one in told if one.id == tombstone.id)
    assert own.details == ("not in the old file", "a dummy")
    thief = camera(1, id="ss/aaaaaaaaaa", status="unverified", source="report", also=sixty)
    told = differences([camera(9)], [camera(9), thief])
    assert [one.kind for one in told] == ["merged"] * 60 + ["added"]
    # one that the file had already, and that takes in others now: not only "seen again"
    told = differences([camera(9)], [camera(9, also=sixty[:2])])
    assert [(one.kind, one.id) for one in told] == [
        ("merged", "osm/node/100"),
        ("merged", "osm/node/101"),
        ("confirmed", "osm/node/9"),
    ]
    # that a camera stands in the file all the same does not keep it from being drawn in
    told = differences([camera(9)], [camera(9), camera(8, lonlat=north(300), also=(Origin("osm/node/9"),))])
    assert (told[0].kind, told[0].id, told[0].details) == (
        "merged",
        "osm/node/9",
        ("into osm/node/8, 300 m from here",),
    )


@given(LISTS)
def test_diff_when_nothing_changed_then_nothing(records: list[Camera]) -> None:
    assert differences(records, reversed(records)) == ()


def test_diff_command_when_texts_would_steer_a_terminal_then_they_are_shown_without(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old, new = tmp_path / "old.geojson", tmp_path / "new.geojson"
    write_cameras(old, [camera(1), camera(2, lonlat=north(90))])
    write_cameras(new, [camera(2, lonlat=north(90), tags=TAGS | {f"k{EVIL}": f"v{EVIL}"})])
    assert run(["cameras", "diff", str(old), str(new)]) == 0
    out = capsys.readouterr().out
    assert out.splitlines() == [
        "vanished: 1 (no longer in the file)",
        "  osm/node/1",
        "changed: 1 (other tags or judgement)",
        "  osm/node/2: k<b>x</b>: – → v<b>x</b>",  # noqa: RUF001 (an en dash, for nothing)
    ]
    assert run(["cameras", "diff", str(old), str(new), "--format", "json"]) == 0
    out = capsys.readouterr().out
    assert out.isascii()
    told = json.loads(out)
    assert list(told["counts"]) == list(KINDS)
    assert [row["kind"] for row in told["changes"]] == ["vanished", "changed"]
    assert run(["cameras", "diff", str(old), str(old)]) == 0
    assert capsys.readouterr().out == "no differences\n"
