"""The same camera from several files and sources: one record, nobody's word lost, whatever comes first."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from records import HERE, TAGS, camera, cameras, north

from routing.cameras import read_cameras, write_cameras
from routing.joining import believable, doubted, far_joined, merged, names_of, union
from routing.model import Camera, LonLat, Origin
from routing.nearness import metres_between, near_pairs
from routing.trust import disputed, may_be_removed

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence

LISTS = st.lists(cameras(), max_size=8)
EAST = TAGS | {"camera:direction": "90"}


def bearer(records: Sequence[Camera], name: str) -> Camera:
    (found,) = [one for one in records if name in names_of(one)]
    return found


@given(LISTS, st.randoms(use_true_random=False))
def test_merge_when_in_another_order_or_again_then_the_same(records: list[Camera], rng: random.Random) -> None:
    whole = merged(records)
    rng.shuffle(records)
    assert merged(records) == whole
    assert merged(whole) == whole


@given(LISTS)
def test_merge_when_done_then_every_id_is_known_once_and_the_file_can_be_read(records: list[Camera]) -> None:
    whole = merged(records)
    names = [name for one in whole for name in names_of(one)]
    assert sorted(names) == sorted({name for one in records for name in names_of(one)})
    with TemporaryDirectory() as folder:
        path = Path(folder) / "all.geojson"
        write_cameras(path, whole)
        assert read_cameras(path) == whole


@given(LISTS)
def test_merge_when_done_then_nobodys_word_is_lost(records: list[Camera]) -> None:
    whole = merged(records)
    for one in records:
        now = bearer(whole, one.id)
        assert now.confirmations >= one.confirmations
        months = {origin.last_seen or "" for origin in now.also} | {now.last_seen or ""}
        assert max(months) >= (one.last_seen or "")
        # what was found gone stays, unless somebody saw it later
        assert all(month in now.gone or month < (now.last_seen or "") for month in one.gone)
        words = {(origin.id, origin.source, origin.evidence) for origin in now.also}
        assert (one.id, one.source, one.evidence) in words | {(now.id, now.source, now.evidence)}


@given(LISTS)
def test_merge_when_one_is_a_tombstone_then_it_wins_and_draws_in_nobody_by_place(records: list[Camera]) -> None:
    whole = merged(records)
    dead = {name for one in records if one.status == "removed" for name in names_of(one)}
    for one in records:
        # joined to it by ids, over however many steps
        reached, grown = set(names_of(one)), True
        while grown:
            more = {name for other in records if names_of(other) & reached for name in names_of(other)}
            grown, reached = not more <= reached, reached | more
        assert (bearer(whole, one.id).status == "removed") == bool(reached & dead)


@given(st.lists(cameras(), max_size=8).map(lambda rows: [replace(one, also=()) for one in rows]))
def test_merge_when_records_share_no_id_then_no_two_of_one_source_are_fused(records: list[Camera]) -> None:
    ids = {one.id: one for one in records}
    for one in merged(ids.values()):
        sources = [ids[name].source for name in names_of(one)]
        assert len(sources) == len(set(sources))


@given(LISTS, st.integers(0, 7))
def test_merge_when_an_input_is_merged_once_more_then_no_confirmation_counts_twice(
    records: list[Camera], nth: int
) -> None:
    whole = merged(records)
    if nth < len(records):
        again = merged([*whole, records[nth]])
        assert {one.id: one.confirmations for one in again} == {one.id: one.confirmations for one in whole}


def test_merge_when_sources_differ_and_they_look_alike_then_one_record() -> None:
    osm = camera(7, tags=EAST, last_seen="2020-01", confirmations=2)
    city = Camera(
        "ss/abcdefghij",
        north(9),
        TAGS | {"camera:direction": "100"},
        "official",
        last_seen="2022-03",
        evidence="official_list",
    )
    (both,) = merged([city, osm])
    assert (both.id, both.source, both.lonlat, both.last_seen) == ("osm/node/7", "osm", city.lonlat, "2022-03")
    assert both.tags == city.tags
    assert both.confirmations == 3  # each source's own, and that the other knew it too
    assert both.also == (Origin("ss/abcdefghij", "official", "official_list", None, "2022-03"),)
    assert union([osm], [both]) == (both,)


@pytest.mark.parametrize(
    ("north_m", "direction", "source", "one"),
    [
        (9, "90", "official", True),
        (16, "90", "official", False),
        (9, "180", "official", False),
        (9, "90", "osm", False),
        (9, "", "official", False),
    ],
)
def test_merge_when_apart_or_turned_or_of_one_source_then_two(
    north_m: float,
    direction: str,
    source: str,
    one: bool,  # noqa: FBT001 (a table of cases)
) -> None:
    tags = TAGS | ({"camera:direction": direction} if direction else {})
    other = camera(8, lonlat=north(north_m), tags=tags, source=source)
    assert len(merged([camera(7, tags=EAST), other])) == (1 if one else 2)


def test_merge_when_a_fake_stands_between_two_then_neither_is_hidden() -> None:
    pair = [camera(1, tags=EAST), camera(2, tags=EAST, lonlat=north(14))]
    fake = camera(3, id="ss/abcdefghij", tags=EAST, lonlat=north(7), source="report", status="unverified")
    assert len(merged([*pair, fake])) == 2


def test_merge_when_a_report_nobody_confirmed_is_newer_then_it_changes_neither_place_nor_tags() -> None:
    tags = EAST | {"indoor": "yes"}
    fake = Camera("ss/abcdefghij", north(5), tags, "report", "unverified", "no", last_seen="2023-01", evidence="seen")
    (both,) = merged([camera(1, tags=EAST), fake])
    assert (both.lonlat, dict(both.tags), both.status, both.fr) == (HERE, EAST, "confirmed", "unknown")


def test_merge_when_a_dispute_was_answered_by_a_later_sighting_then_over_else_not() -> None:
    gone = camera(status="disputed", gone=("2021-01",))
    (over,) = merged([gone, camera(last_seen="2021-02")])
    assert (over.status, over.gone) == ("confirmed", ())
    for seen in ("2021-01", "2020-12"):
        (still,) = merged([gone, camera(last_seen=seen)])
        assert (still.status, still.gone) == ("disputed", ("2021-01",))


def test_merge_when_a_removal_rests_on_months_then_they_stay_with_it() -> None:
    tombstone = camera(status="removed", gone=("2020-06", "2020-08"))
    (still,) = merged([tombstone, camera(last_seen="2022-01")])
    assert (still.status, still.gone) == ("removed", tombstone.gone)


def test_merge_when_unverified_in_two_files_then_still_but_not_from_two_sources() -> None:
    one = camera(id="ss/abcdefghij", source="report", status="unverified", tags=EAST)
    assert merged([one, replace(one, confirmations=1)])[0].status == "unverified"
    (both,) = merged([one, replace(one, id="ss/abcdefghik", source="import:x")])
    assert both.status == "confirmed"


def test_pairs_when_at_the_poles_or_across_the_antimeridian_then_neighbours() -> None:
    pole = [camera(1, lonlat=LonLat(0, 89.99999)), camera(2, lonlat=LonLat(180, 89.99999))]
    line = [camera(1, lonlat=LonLat(180, 0)), camera(2, lonlat=LonLat(-179.9999, 0))]
    assert [(a, b) for a, b, _ in near_pairs(pole, 15.0)] == [(0, 1)]
    assert [(a, b) for a, b, _ in near_pairs(line, 15.0)] == [(0, 1)]
    assert metres_between(line[0].lonlat, line[1].lonlat) == pytest.approx(11.1, abs=0.1)


@given(st.lists(st.tuples(st.floats(0, 0.001), st.floats(60, 60.0005)), max_size=30))
def test_pairs_when_compared_with_all_against_all_then_the_same(spots: list[tuple[float, float]]) -> None:
    records = [camera(n, lonlat=LonLat(*at)) for n, at in enumerate(spots, start=1)]
    told = {(a, b) for a, b, _ in near_pairs(records, 15.0)}
    slow = {
        (a, b)
        for b in range(len(records))
        for a in range(b)
        if metres_between(records[a].lonlat, records[b].lonlat) <= 15.0
    }
    assert told == slow


def test_merge_when_an_id_joins_what_stands_far_apart_then_told() -> None:
    two = camera(2, lonlat=north(300))
    thief = camera(3, id="ss/abcdefghij", lonlat=north(10), also=(Origin("osm/node/1"), Origin("osm/node/2")))
    records = [camera(1), two, thief]
    (told,) = far_joined(records, merged(records))
    assert told[:2] == ("osm/node/2", "osm/node/1")
    assert 280 < told[2] < 301
    assert far_joined([camera(1), thief], merged([camera(1), thief])) == ()
    # a tombstone hides no less than a camera does
    buried = [*records, camera(1, status="removed")]
    assert [one.id for one in far_joined(buried, merged(buried))] == ["osm/node/2"]


SIXTY = tuple(Origin(f"osm/node/{n}") for n in range(100, 160))


@pytest.mark.parametrize("status", ["removed", "unverified"])
def test_union_when_a_line_takes_cameras_away_all_over_town_then_only_those_near_it(status: str) -> None:
    town = [camera(n, lonlat=north(30.0 * (n - 100))) for n in range(100, 160)]
    line = camera(id="ss/aaaaaaaaaa", status=status, also=SIXTY)
    kept, far = believable([line], town)
    near = {"osm/node/100", "osm/node/101"}  # at 0 and 30 m
    assert {one.id for one in kept[0].also} == near
    assert {one.id for one in far} == {one.id for one in town} - near
    assert {one.by for one in far} == {line.id}
    left = {one.id for one in union(town, kept)} - {line.id}
    assert left == {one.id for one in town} - near


def test_believable_when_a_tombstone_stands_elsewhere_or_another_lends_it_a_place_then_it_buries_nobody() -> None:
    town = [camera(1), camera(2, lonlat=north(500))]
    tombstone = camera(1, lonlat=north(60), status="removed", removed_because="x")
    assert believable([tombstone], town)[0] == ()
    assert believable([replace(tombstone, lonlat=north(40))], town) == ((replace(tombstone, lonlat=north(40)),), ())
    # the map's place counts, whatever another line of the file says
    lent = [camera(2, status="unverified"), camera(1, status="removed", also=(Origin("osm/node/2"),))]
    kept, far = believable(lent, town)
    assert [one.also for one in kept] == [(), ()]
    assert [(one.id, one.by) for one in far] == [("osm/node/2", "osm/node/1")]
    # nor by way of a name that only the tombstone has
    name = "ss/aaaaaaaaaa"
    loop = [camera(2, lonlat=north(500), also=(Origin(name),)), camera(id=name, status="removed")]
    assert {one.id for one in union(town, believable(loop, town)[0])} == {"osm/node/1", "osm/node/2"}


@given(LISTS, LISTS)
def test_believable_when_asked_again_or_in_another_order_then_the_same_and_nobody_else_changes(
    records: list[Camera], known: list[Camera]
) -> None:
    kept, far = believable(records, known)
    again = believable(reversed(records), known)
    assert (set(map(repr, again[0])), again[1]) == (set(map(repr, kept)), far)
    told = {row.by for row in far}
    assert all(one in kept for one in records if one.id not in told)


def test_removal_when_the_map_and_one_report_say_gone_then_allowed_and_never_done_by_itself() -> None:
    (lost,) = doubted([camera(last_seen="2020-01")], [], "2026-08")
    assert (lost.status, may_be_removed(lost)) == ("disputed", False)
    told = disputed(lost, "2026-10")
    assert (told.status, told.gone, may_be_removed(told)) == ("disputed", ("2026-08", "2026-10"), True)
    assert not may_be_removed(disputed(lost, "2026-08"))
