"""Names: from tags, merged, kept, and found again."""

from __future__ import annotations

import os
import time
from functools import cache
from pathlib import Path

import osmium
import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.errors import AmbiguousError, BadFileError, PlaceError
from routing.model import LonLat, Place
from routing.places import KIND_RANK, find, from_json, merge, places_of, to_json
from routing.spelling import fold, readings, words_of

# ruff: noqa: RUF001 - Russian letters look like Latin ones, and are meant

ROOT = Path(__file__).parents[1]
CENTRE = LonLat(24.94, 60.17)
KM_EAST = 1 / 111.195 / 0.4975  # degrees of longitude in a kilometre there


def place(name: str, kind: str = "shop", east_km: float = 0.0, *others: str) -> Place:
    return Place((name, *others), kind, LonLat(CENTRE.lon + east_km * KM_EAST, CENTRE.lat))


def read(path: Path) -> tuple[Place, ...]:
    ways: dict[int, LonLat] = {}
    found: list[Place] = []
    for thing in osmium.FileProcessor(str(path)).with_locations():
        point: LonLat | None = None
        if isinstance(thing, osmium.osm.Node):
            point = LonLat(thing.location.lon, thing.location.lat)
        elif isinstance(thing, osmium.osm.Way):
            first = next((n.location for n in thing.nodes if n.location.valid()), None)
            if first is not None:
                point = ways[thing.id] = LonLat(first.lon, first.lat)
        elif isinstance(thing, osmium.osm.Relation):
            point = next((ways[m.ref] for m in thing.members if m.type == "w" and m.ref in ways), None)
        if point is not None and len(thing.tags):
            found += places_of({tag.k: tag.v for tag in thing.tags}, point)
    return merge(found)


@cache
def extract(name: str) -> tuple[Place, ...]:
    if name == "demo":
        return read(ROOT / "data" / "helsinki.osm.pbf")
    folder = os.environ.get("SIDESTEP_TEST_DATA")
    if folder is None:
        pytest.skip("SIDESTEP_TEST_DATA is not set, so the larger extracts are not there")
    return read(Path(folder) / name)


@pytest.mark.parametrize(
    ("tags", "kind"),
    [
        ({"place": "suburb"}, "suburb"),
        ({"place": "square", "highway": "pedestrian"}, "square"),
        ({"highway": "pedestrian", "area": "yes"}, "square"),
        ({"railway": "halt"}, "station"),
        ({"railway": "subway_entrance"}, "entrance"),
        ({"railway": "tram_stop", "public_transport": "stop_position"}, "tram stop"),
        ({"public_transport": "station", "building": "yes"}, "station"),
        ({"highway": "residential"}, "street"),
        ({"amenity": "place_of_worship", "building": "church"}, "place of worship"),
        ({"amenity": "yes"}, "amenity"),
        ({"shop": "clothes"}, "shop"),
        ({"shop": "mall"}, "shopping centre"),
        ({"office": "lawyer"}, "office"),
        ({"building": "yes"}, "building"),
        ({"boundary": "administrative"}, "district"),
        ({"man_made": "surveillance", "amenity": "bank"}, None),
        ({"type": "route", "route": "bus"}, None),
        ({"railway": "rail"}, None),
        ({"building": "no"}, None),
        ({}, None),
    ],
)
def test_places_of_when_named_then_kind_by_the_first_key(tags: dict[str, str], kind: str | None) -> None:
    assert [p.kind for p in places_of({"name": "X", **tags}, CENTRE)] == ([] if kind is None else [kind])


def test_places_of_when_many_names_then_in_order_and_distinct() -> None:
    tags = {"old_name": "Old", "alt_name": "B; C", "name": "A\u202e", "name:sv": "A", "name:ru": "А", "shop": "yes"}
    tags |= {"name:etymology": "no", "short_name": "S", "official_name:sv": "O", "name:zh-Hant": "Z"}
    assert places_of(tags, CENTRE)[0].names == ("A", "А", "Z", "O", "S", "B", "C", "Old")


@pytest.mark.parametrize(
    ("number", "names"),
    [
        ("5", ["5"]),
        ("5;7", ["5;7", "5", "7"]),
        ("2-6", ["2-6", "2", "4", "6"]),
        ("2-5", ["2-5", "2", "3", "4", "5"]),
        ("8, Floor 6", ["8"]),
        ("1-9999", ["1-9999"]),
        ("17к1", ["17к1"]),
        (" ", []),
    ],
)
def test_places_of_when_address_then_every_single_number(number: str, names: list[str]) -> None:
    found = places_of({"addr:street": "Bulevardi", "addr:housenumber": number}, CENTRE)
    assert [name for p in found for name in p.names] == [f"Bulevardi {n}" for n in names]


def test_places_of_when_name_and_address_then_two_places_with_languages() -> None:
    tags = {"name": "Oodi", "amenity": "library", "addr:street": "Katu", "addr:street:sv": "Gata"}
    found = places_of({**tags, "addr:housenumber": "4"}, CENTRE)
    assert [(p.names, p.kind) for p in found] == [(("Oodi",), "library"), (("Katu 4", "Gata 4"), "address")]


def test_merge_when_near_and_alike_then_one_at_a_member_with_all_names() -> None:
    parts = [place("A", "park", 0.0), place("A", "park", 0.2, "B"), place("A", "park", 0.45)]
    far, other = place("A", "park", 2.0), place("A", "cafe")
    merged = merge([far, *parts, other])
    assert merged == merge([other, *reversed(parts), far])
    assert [(p.names, p.kind) for p in merged] == [(("A",), "cafe"), (("A", "B"), "park"), (("A",), "park")]
    assert merged[1].lonlat == parts[1].lonlat


@pytest.mark.parametrize(
    ("typed", "known"),
    [
        ("5 mannerheimintie", "Mannerheimintie 5"),
        ("5, Mannerheimintie", "Mannerheimintie 5"),
        ("mannerheimintie,5", "Mannerheimintie 5"),
        ("Toolo", "Töölö"),
        ("weisser  STRASSE", "Weißer Straße"),
        ("O’Connell St.", "O'Connell Street"),
        ("12a Main st", "Main Street 12 A"),
        ("Аргуновская улица, 3", "Аргуновская улица 3"),
        ("улица Аргуновская 3", "Аргуновская улица 3"),
        ("ул. Аргуновская, д. 3", "Аргуновская улица 3"),
        ("Аргуновская 3", "Аргуновская улица 3"),
        ("3, 3-я Новоостанкинская ул", "3-я Новоостанкинская улица 3"),
        ("пр-т Мира 7 корп. 2 строение 1", "проспект Мира 7к2 с1"),
        ("Королев", "Королёв"),
        ("ಬೆಂಗಳೂರು", "ಬೆಂಗಳೂರು"),
        ("!!!", "!!!"),
    ],
)
def test_find_when_spelt_otherwise_then_found(typed: str, known: str) -> None:
    assert find([place("Elsewhere"), place(known, "address")], typed).names[0] == known


@pytest.mark.parametrize(
    ("typed", "known"),
    [("Мой", "Мои"), ("Katu 5", "Katu 50"), ("Katu 4", "Katu 9 к4"), ("Katu 3", "3 Katu"), ("", "A"), ("..", "A")],
)
def test_find_when_another_word_or_number_then_unknown(typed: str, known: str) -> None:
    with pytest.raises(PlaceError):
        find([place(known)], typed)


def test_find_when_misspelt_then_up_to_three_suggestions_and_no_position() -> None:
    known = [place(f"Mannerheimintie {n}", "address") for n in range(1, 9)]
    with pytest.raises(PlaceError, match=r"near spellings: [^,]+, [^,]+, [^,]+$"):
        find(known, "Manerheimintie 3x")
    with pytest.raises(PlaceError) as caught:
        find(known, "60.1234 24.9876 foo\x1b")
    assert "60.1234" not in str(caught.value)


def test_find_when_exact_name_then_before_beginnings() -> None:
    assert find([place("Oodi Square", "square"), place("Oodi", "bench", 3.0)], "oodi").kind == "bench"


def test_find_when_ranks_differ_then_the_first_rank_wins() -> None:
    known = [place("K", "shop", 5.0), place("K", "station", 3.0), place("K", "tram stop"), place("K", "square", 9.0)]
    assert find(known, "K").kind == "square"
    assert find(known, "K (station)").kind == "station"
    assert KIND_RANK["square"] < KIND_RANK["station"] < KIND_RANK["tram stop"]


def test_find_when_alike_and_near_then_one_and_when_far_then_choices_that_work() -> None:
    streets = [place("First Street", "street", 0.1), place("Other Road", "street", 5.1)]
    known = [place("K", "cafe"), place("K", "cafe", 0.3), place("K", "cafe", 5.0), *streets]
    assert find(known[:2], "k").kind == "cafe"
    with pytest.raises(AmbiguousError) as caught:
        find(known, "k")
    assert caught.value.choices == ("K (cafe), First Street", "K (cafe), Other Road")
    assert find(known, "K, Other Road") is known[2]
    assert [find(known, choice) for choice in caught.value.choices] == [known[0], known[2]]
    with pytest.raises(PlaceError, match="leave that out"):
        find(known, "K, Turku")


def test_find_when_nothing_tells_them_apart_then_numbered() -> None:
    known = [place("K"), place("K", "shop", 1.0)]
    with pytest.raises(AmbiguousError) as caught:
        find(known, "K")
    assert [find(known, choice) for choice in caught.value.choices] == known


NAMES = (
    st.one_of(st.text("AaÄёй5 7,.()#-'", max_size=9), st.text(max_size=9))
    .map(lambda text: " ".join(text.split()))
    .filter(bool)
)
PLACES = st.lists(
    st.builds(
        Place,
        st.lists(NAMES, min_size=1, max_size=3).map(tuple),
        st.sampled_from(["square", "station", "suburb", "street", "address", "cafe", "tram stop", "odd"]),
        st.builds(
            LonLat,
            st.integers(-1_800_000_000, 1_800_000_000).map(lambda n: n / 10_000_000),
            st.integers(-900_000_000, 900_000_000).map(lambda n: n / 10_000_000),
        ),
    ),
    max_size=12,
)


@given(PLACES)
def test_json_when_written_then_read_back(known: list[Place]) -> None:
    assert from_json(to_json(known)) == tuple(known)


@given(st.one_of(st.binary(), st.text('[]{}":,0versionplac ').map(str.encode)))
def test_from_json_when_junk_then_bad_file(data: bytes) -> None:
    with pytest.raises(BadFileError):
        from_json(data)


@pytest.mark.parametrize("row", ['[[],"a",0,0]', '[["a"],"a",0,900000001]', '[["a"],"a",0.5,0]', '[["a"],"a"]'])
def test_from_json_when_a_row_is_wrong_then_bad_file(row: str) -> None:
    with pytest.raises(BadFileError):
        from_json(f'{{"version":1,"places":[{row}]}}'.encode())
    with pytest.raises(BadFileError, match="version 2"):
        from_json(b'{"version":2,"places":[]}')


@given(PLACES)
def test_find_when_asked_by_first_name_then_that_name_or_choices(known: list[Place]) -> None:
    merged = merge(known)
    for wanted in merged:
        ways = tuple(readings(words_of(fold(wanted.names[0]))))
        try:
            found = [find(merged, wanted.names[0])]
        except AmbiguousError as error:
            choices = error.choices
            found = [p for p in merged if any(choice.startswith(p.names[0]) for choice in choices)]
        assert any(words_of(fold(name)) in ways for p in found for name in p.names)


def test_find_when_twenty_thousand_places_then_quick() -> None:
    known = [place(f"Katu {n % 97} Ääni{n}", "address", n / 100, f"Gata {n}") for n in range(20_000)]
    best_s = 9.0
    for _ in range(3):
        start_s = time.perf_counter()
        find(known, "Katu 5 Ääni102")
        best_s = min(best_s, time.perf_counter() - start_s)
    assert best_s < 0.5  # 0.03 on a quiet machine; shared ones are slow


@pytest.mark.parametrize("name", ["demo", "helsinki-centre.osm.pbf"])
def test_find_when_helsinki_then_well_known_names_are_one_place(name: str) -> None:
    known = extract(name)
    assert find(known, "Senaatintori").kind == "square"
    assert find(known, "senatstorget").kind == "square"
    assert find(known, "Kamppi").kind in {"station", "suburb", "district"}
    assert find(known, "5 Mannerheimintie").names[0] == "Mannerheimintie 5"
    assert find(known, "Mannerheimintie").kind == "street"
    assert from_json(to_json(known))[0].names == known[0].names


def test_find_when_shops_of_a_chain_then_every_choice_leads_to_one_shop() -> None:
    known = extract("helsinki-centre.osm.pbf")
    with pytest.raises(AmbiguousError) as caught:
        find(known, "Alepa")
    assert len({find(known, choice).lonlat for choice in caught.value.choices}) == len(caught.value.choices) == 8


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("Останкино", "Останкино"),
        ("Аргуновская улица, 4", "Аргуновская улица 4"),
        ("4, ул. Аргуновская", "Аргуновская улица 4"),
        ("ул. Академика Королева, 15 корп. 2", "улица Академика Королёва 15 к2"),
        ("Звездный бул. 21", "Звёздный бульвар 21"),
    ],
)
def test_find_when_moscow_then_cyrillic_addresses_in_every_spelling(typed: str, found: str) -> None:
    assert find(extract("moscow-ostankino.osm.gz"), typed).names[0] == found


def test_find_when_a_name_only_begins_so_then_it_is_offered_and_not_taken() -> None:
    place = Place(("Mannerheimintie",), "street", LonLat(24.94, 60.17))
    with pytest.raises(AmbiguousError, match="begin like it") as caught:
        find([place], "mann")
    assert [find([place], choice) for choice in caught.value.choices] == [place]
