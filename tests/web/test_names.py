"""Places found on the page: the file, the skeleton that Python and the page share, and the search by it."""

from __future__ import annotations

import json
import math
import random
import re
import time
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import brotli
import iuliia
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.build import build_area
from routing.errors import BadPositionError, UnknownPlaceError
from routing.model import LonLat, Place
from routing.names_file import names_file
from routing.places import find
from routing.points import parse_point
from routing.spelling import skeleton

# ruff: noqa: RUF001 - Russian letters look like Latin ones, and are meant

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from routing.area import Area

    Node = Callable[..., Any]

TABLE: dict[str, list[list[str]]] = json.loads(Path(__file__).with_name("spellings.json").read_text(encoding="utf-8"))
ASK = """
const index = makeIndex(given.file);
return given.asked.map((text) => find(index, text, { limit: given.limit ?? 8, near: given.near ?? null }));
"""
STYLES = ("WIKIPEDIA", "YANDEX_MAPS", "GOST_779", "GOST_779_ALT", "BGN_PCGN", "ALA_LC", "SCIENTIFIC", "MVD_782")
TEXT = st.text(st.characters(exclude_categories=("Cs", "Cn")), max_size=30)
TYPED = st.text("аеёийхцчшщъыьэюяАЖ aeijyoхkhtsczwqxäßüšžčŝ'\"-.,/№12345к", max_size=30)
# degrees, minutes and seconds; letters before and after, longitude first; and what only looks like a position
POSITIONS = (
    "60°10′12″N 24°56′24″E", "60°10'12\"N, 24°56'24\"E", "60°10'12''N24°56'24''E", "60º 10’ 12.5” n 24º 56’ 24” w",
    "N60.17 E24.94", "N 60.17, E 24.94", "E24.94 N60.17", "60.17N24.94E", "60.17°N 24.94°E", "60,17 N 24,94 E",
    "60.17° с.ш., 24.94° в.д.", "60,17 с. ш. 24,94 з. д.", "Ю.Ш. 33.9 В.Д. 18.4", "60°10′ сш 24°56′ вд",
    "60 10 12 N 24 56 24 E", "60 N 24 E", "60° 24°", "60.17 N, 24.94", "60°10'N Kamppi", "60.17°",
    "60.17 N / 24.94 E", "60°75'N 24°E", "N60.17 N24.94", "-60.17 S 24.94 E", "60.5°10' N 24° E", "N 60.17 24.94",
    "95.1 N, 24.9 E", "60.17, 24.94, 17.5", "60.17 north, 24.94 east", "60.17° north, 24.94° east", "Via 1° Maggio",
    "Rua 1º de Maio 5", "N° 5", "7с2", "14 E 5th", "д. 3 с. 2", "1e1,2e1", "2e1",
)  # fmt: skip
OF_POSITIONS = (
    "60", "10", "75", "24.94", "24,94", " ", "°", "'", "″", "''", "N", "s", "E", "W", ",", ";", "с.ш.", "в. д.",
    "-", "Via",
)  # fmt: skip


@pytest.fixture(scope="session")
def moscow(test_data: Path) -> Area:
    return build_area(test_data / "moscow-ostankino.osm.gz")


def place(name: str, kind: str = "shop", lon: float = 24.94, *others: str) -> Place:
    return Place((name, *others), kind, LonLat(lon, 60.17))


def bones(text: str, *, loose: bool = False) -> str:
    words = skeleton(text, loose=loose)
    return " ".join((*words.rest, *words.street))


def asked(node: Node, places: Sequence[Place], texts: Sequence[str], **options: object) -> list[list[dict[str, Any]]]:
    given = {"file": json.loads(names_file(places)), "asked": texts, **options}
    answers: list[list[dict[str, Any]]] = node(ASK, given, makeIndex="search.mjs", find="search.mjs")
    return answers


def names(found: Sequence[dict[str, Any]]) -> list[str]:
    return [one["name"] for one in found]


# --- the file -------------------------------------------------------------------------------------------------------


@cache
def rows(data: bytes) -> list[tuple[str, str, int, int]]:
    """Every name, kind and position in a file, house by house."""
    file = json.loads(data)
    found = []

    def walk(deltas: list[int]) -> list[tuple[int, int]]:
        x, y = file["origin"]
        points = []
        for dx, dy in zip(deltas[::2], deltas[1::2], strict=True):
            x, y = x + dx, y + dy
            points.append((x, y))
        return points

    for kind, _, named, at in file["places"]:
        for all_names, xy in zip(named, walk(at), strict=True):
            found += [(name, kind, *xy) for name in all_names.split("\t")]
    for all_names, at, numbers, houses in file["streets"]:
        for name in all_names.split("\t"):
            found += [(name, "street", *xy) for xy in walk(at)]
            doors = numbers.split("\t") if numbers else []
            found += [(f"{name} {n}", "address", *xy) for n, xy in zip(doors, walk(houses), strict=True)]
    return found


def test_names_file_when_read_then_holds_every_name_where_it_is(demo: Area) -> None:
    known = set(rows(names_file(demo.places)))
    for one in demo.places:
        where = round(one.lonlat.lon * 100_000), round(one.lonlat.lat * 100_000)
        assert all((name, one.kind, *where) in known for name in one.names if ";" not in name)


def test_names_file_when_demo_then_small_on_the_wire_and_the_same_in_any_order(demo: Area) -> None:
    data = names_file(demo.places)
    assert len(brotli.compress(data)) < 35_000
    assert names_file(demo.places[::-1]) == data


def test_names_file_when_thousands_of_places_then_quick(centre: Area) -> None:
    known = centre.places
    best_s = 9.0
    for _ in range(3):
        start_s = time.perf_counter()
        names_file(known)
        best_s = min(best_s, time.perf_counter() - start_s)
    assert best_s < 0.5  # 0.03 on a quiet machine; shared ones are slow


@pytest.mark.parametrize(
    ("address", "street", "numbers"),
    [
        (("улица 1905 года 7 с2",), "улица 1905 года", "7 с2"),
        (("Katu 5;7", "Katu 5", "Katu 7", "Gata 5;7", "Gata 5", "Gata 7"), "Katu\tGata", "5\t7"),
        (("Katu 2-6", "Katu 2", "Katu 4", "Katu 6"), "Katu", "2\t2-6\t4\t6"),
        (("Street 266 - 268",), "Street", "266 - 268"),
        (("4th Street 1310",), "4th Street", "1310"),
    ],
)
def test_names_file_when_address_then_number_under_its_street(
    address: tuple[str, ...], street: str, numbers: str
) -> None:
    file = json.loads(names_file([Place(address, "address", LonLat(24.9, 60.2))]))
    assert file["places"] == []
    assert [(row[0], row[2]) for row in file["streets"]] == [(street, numbers)]


def test_names_file_when_a_house_has_a_name_then_it_stands_beside_the_number() -> None:
    file = json.loads(names_file([Place(("Katu 5", "Villa"), "address", LonLat(24.9, 60.2)), place("Talo", "address")]))
    assert [row[2] for row in file["places"]] == [["Talo", "Villa"]]
    assert json.loads(names_file([]))["places"] == []


# --- the skeleton ---------------------------------------------------------------------------------------------------


def test_fold_when_spelt_in_any_way_then_one_skeleton(node: Node) -> None:
    spelt = [[bones(text) for text in row] for row in TABLE["same"]]
    assert [row for row, found in zip(TABLE["same"], spelt, strict=True) if len(set(found)) != 1] == []
    assert sum(len(row) - 1 for row in TABLE["same"]) >= 400
    assert node("return given.map((row) => row.map(fold))", TABLE["same"], fold="fold.mjs") == spelt


def test_loosen_when_still_apart_then_one_skeleton(node: Node) -> None:
    for row in TABLE["loose"]:
        assert len({bones(text) for text in row}) > 1
        assert len({bones(text, loose=True) for text in row}) == 1
    found = node(
        "return given.map((row) => row.map((t) => loosen(fold(t))))",
        TABLE["loose"],
        fold="fold.mjs",
        loosen="fold.mjs",
    )
    assert found == [[bones(text, loose=True) for text in row] for row in TABLE["loose"]]


def test_fold_when_names_differ_then_skeletons_do(node: Node) -> None:
    for one, other in TABLE["different"]:
        assert bones(one, loose=True) != bones(other, loose=True)
    for name, text in TABLE["different"]:
        with pytest.raises(UnknownPlaceError):
            find([place(name)], text)
    words = [(name, text) for name, text in TABLE["different"] if not set("~0123456789") & set(bones(name))]
    assert len(words) > 10
    for name, text in words:  # one wrong letter is mended, and marked as a guess
        assert all(one.get("guess") for one in asked(node, [place(name)], [text])[0])


def test_other_layout_when_typed_on_the_wrong_keys_then_what_was_meant(node: Node) -> None:
    found = node("return given.map(([typed]) => otherLayout(typed))", TABLE["keyboard"], otherLayout="fold.mjs")
    assert found == [meant for _, meant in TABLE["keyboard"]]


def agree(node: Node, texts: Sequence[str]) -> None:
    spelt = node("return given.map((text) => [fold(text), spell(text)])", texts, fold="fold.mjs", spell="fold.mjs")
    for text, (folded, words) in zip(texts, spelt, strict=True):
        assert folded == bones(text), text
        assert tuple(words["skeleton"]) == skeleton(text).rest
        assert len(words["plain"]) == len(words["skeleton"])


def test_fold_when_names_of_whole_areas_then_python_and_page_agree(node: Node, centre: Area, moscow: Area) -> None:
    agree(node, sorted({name for area in (centre, moscow) for one in area.places for name in one.names}))


@settings(max_examples=15)
@given(texts=st.lists(st.one_of(TEXT, TYPED), min_size=40, max_size=200))
def test_fold_when_any_text_then_python_and_page_agree(node: Node, texts: list[str]) -> None:
    agree(node, texts)


# --- the search -----------------------------------------------------------------------------------------------------


def check_found(node: Node, places: Sequence[Place], spelt: Callable[[str], str], share: float = 1.0) -> None:
    """Ask for the first name of every place; a part of an address may give its street alone."""
    texts = [spelt(one.names[0]) for one in places]
    answers = asked(node, places, texts, limit=5000)
    missed = [
        text
        for one, text, found in zip(places, texts, answers, strict=True)
        if text.strip()
        and not any(
            name in one.names or (one.kind == "address" and one.names[0].startswith(name)) for name in names(found)
        )
    ]
    assert len(missed) <= (1 - share) * len(places), missed[:20]


@pytest.mark.parametrize("area", ["demo", "moscow"])
def test_find_when_asked_by_its_own_name_then_among_the_first(
    node: Node, request: pytest.FixtureRequest, area: str
) -> None:
    places = request.getfixturevalue(area).places
    texts = [(name, one) for one in places for name in one.names]
    answers = asked(node, places, [name for name, _ in texts])
    for (text, one), found in zip(texts, answers, strict=True):
        assert any(
            hit["name"] in one.names or hit.get("matched") == text or f"{hit['name']};" in f"{text};" for hit in found
        ), text
        assert not any(hit.get("guess") for hit in found)


@pytest.mark.parametrize("area", ["demo", "moscow"])
def test_find_when_three_fifths_are_typed_then_found(node: Node, request: pytest.FixtureRequest, area: str) -> None:
    places = request.getfixturevalue(area).places
    check_found(node, places, lambda name: name[: math.ceil(0.6 * len(name))])


@pytest.mark.parametrize("style", STYLES)
def test_find_when_romanised_then_found_whole_and_begun(node: Node, moscow: Area, style: str) -> None:
    scheme = getattr(iuliia, style)
    check_found(node, moscow.places, scheme.translate)
    check_found(node, moscow.places, lambda name: scheme.translate(name)[: math.ceil(0.6 * len(name))], 0.97)


@pytest.mark.parametrize("area", ["demo", "moscow"])
def test_find_when_one_letter_is_wrong_then_found(node: Node, request: pytest.FixtureRequest, area: str) -> None:
    pick = random.Random(7)  # noqa: S311 - no secret
    known = {one.names[0]: one for one in request.getfixturevalue(area).places if one.kind != "address"}
    places = [one for name, one in known.items() if any(len(word) > 6 and word.isalpha() for word in name.split())]

    def mistyped(name: str) -> str:
        word = max((word for word in name.split(" ") if word.isalpha()), key=len)
        at = pick.randrange(1, len(word) - 2)
        own, then, rest = word[at], word[at + 1], word[at + 2 :]
        other = pick.choice("mno" if word.isascii() else "омн" if word[0] > "Ѐ" else "äön")
        return name.replace(word, word[:at] + pick.choice((then + rest, other + then + rest, then + own + rest)))

    check_found(node, places, mistyped, 0.9)


MANNERHEIM = ("3", "5", "50", "13-15", "22 A")
RUSTAVELI = ("1/2", "3", "3 к2", "8А", "9 к1 с2")
STREETS = (
    Place(("Mannerheimintie", "Mannerheimvägen"), "street", LonLat(24.94, 60.17)),
    *(place(f"Mannerheimintie {n}", "address", 24.94 + i / 1000) for i, n in enumerate(MANNERHEIM)),
    *(place(f"улица Руставели {n}", "address", 25 + i / 1000) for i, n in enumerate(RUSTAVELI)),
    place("улица 1905 года 7", "address", 25.1),
    place("3-я Новоостанкинская улица 3", "address", 25.2),
    place("Iso Roobertinkatu 10", "address", 25.3),
    place("Market Street 1298", "address", 25.4),
)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Mannerheimintie 5", "Mannerheimintie 5"),
        ("5 Mannerheimintie", "Mannerheimintie 5"),
        ("5, mannerheimintie", "Mannerheimintie 5"),
        ("Mannerheimvägen 5", "Mannerheimintie 5"),
        ("Маннерхейминтие 5", "Mannerheimintie 5"),
        ("manerheimintie 13", "Mannerheimintie 13-15"),
        ("Mannerheimintie 22a", "Mannerheimintie 22 A"),
        ("Manneheimintie 5", "Mannerheimintie 5"),
        ("улица Руставели, д. 3к2", "улица Руставели 3 к2"),
        ("ул руставели дом 3, корпус 2", "улица Руставели 3 к2"),
        ("Rustaveli ul. 3k2", "улица Руставели 3 к2"),
        ("3k2 Rustaveli street", "улица Руставели 3 к2"),
        ("Руставели 8а", "улица Руставели 8А"),
        ("Руставели 1/2", "улица Руставели 1/2"),
        ("Руставели, 9, корп. 1, стр. 2", "улица Руставели 9 к1 с2"),
        ("Руставели 9к1c2", "улица Руставели 9 к1 с2"),
        ("Россия, Москва, улица Руставели, 3", "улица Руставели 3"),
        ("улица 1905 года, 7", "улица 1905 года 7"),
        ("3, 3-я Новоостанкинская", "3-я Новоостанкинская улица 3"),
        ("3-ya Novo-Ostankinskaya, d. 3", "3-я Новоостанкинская улица 3"),
        ("isoroobertinkatu 10", "Iso Roobertinkatu 10"),
        ("1298 Market St, San Francisco, CA 94102", "Market Street 1298"),
        ("Market Street 1298 San Francisco", "Market Street 1298"),
        ("hecnfdtkb 3", "улица Руставели 3"),
    ],
)
def test_find_when_street_and_number_then_that_house_first(node: Node, text: str, name: str) -> None:
    (found,) = asked(node, STREETS, [text])
    assert names(found)[0] == name
    assert "near" not in found[0]
    assert f"{found[0]['street']} {found[0]['house']}" == name


def test_find_when_the_number_is_not_mapped_then_the_nearest_and_it_is_said(node: Node) -> None:
    for text, name in (("Mannerheimintie 7", "Mannerheimintie 5"), ("Руставели 3к1", "улица Руставели 3")):
        (found,) = asked(node, STREETS, [text])
        assert (found[0]["name"], found[0].get("near")) == (name, True)
    (found,) = asked(node, STREETS, ["Mannerheimintie 500"])
    assert [(one["name"], one["kind"]) for one in found] == [("Mannerheimintie", "street")]


def test_find_when_a_number_may_go_on_then_it_first_and_longer_ones_after(node: Node) -> None:
    (found,) = asked(node, STREETS, ["mannerheimintie 5"])
    assert names(found)[:2] == ["Mannerheimintie 5", "Mannerheimintie 50"]


def test_find_when_many_answer_then_ranked(node: Node) -> None:
    known = [
        place("Kuja Mira", lon=24.1),
        place("Mira", "cafe", 24.2),
        place("Miramar", "cafe", 24.3),
        place("Mira", "square", 24.4),
        place("Мира", "cafe", 24.5),
        place("Kamiramo", "cafe", 24.6),
        place("Kuja Ranta Mira", "park", 24.7),
    ]
    (found,) = asked(node, known, ["mira"])
    assert [one["lonlat"][0] for one in found] == [24.4, 24.2, 24.3, 24.7, 24.1, 24.5]


def test_find_when_alike_then_the_nearest_first(node: Node) -> None:
    known = [place("Alepa", "shop", lon) for lon in (24.1, 24.2, 24.3)]
    (found,) = asked(node, known, ["alepa"], near=[24.29, 60.17])
    assert [one["lonlat"][0] for one in found] == [24.3, 24.2, 24.1]


def test_find_when_another_language_answers_then_it_is_told(node: Node) -> None:
    known = [place("Oodi", "library", 24.9, "Ode", "Ода")]
    assert [one[0].get("matched") for one in asked(node, known, ["oodi", "ode", "ода"])] == [None, "Ode", "Ода"]


def test_find_when_kind_of_street_differs_then_after_the_right_one(node: Node) -> None:
    known = [place("улица Мира", "street"), place("проспект Мира", "street", 24.95)]
    for text, first in (("пр. Мира", "проспект Мира"), ("Mira street", "улица Мира"), ("ул Мира", "улица Мира")):
        (found,) = asked(node, known, [text])
        assert names(found)[0] == first


@settings(max_examples=15)
@given(texts=st.lists(st.one_of(TEXT, TYPED, st.text(max_size=300)), min_size=20, max_size=60))
def test_find_when_any_text_then_answers(node: Node, texts: list[str]) -> None:
    known = [*STREETS, place("!!!"), place("Ode", "library", 24.9, "Ода", "улица")]
    for found in asked(node, known, texts):
        assert len(found) <= 8
        assert all(math.isfinite(one["lonlat"][0] + one["lonlat"][1]) for one in found)


@settings(max_examples=15)
@given(labels=st.lists(st.one_of(TEXT, TYPED).filter(lambda text: text.split()), min_size=1, max_size=30))
def test_find_when_a_place_has_any_name_then_found_by_it(node: Node, labels: list[str]) -> None:
    known = [place(" ".join(label.split()), lon=24 + i / 100) for i, label in enumerate(labels)]
    for one, found in zip(known, asked(node, known, [one.names[0] for one in known], limit=100), strict=True):
        assert one.names[0] in names(found)


def test_prepare_when_names_are_many_then_in_slices(node: Node) -> None:
    known = [place(f"Nimi {n} Ääni{n}", lon=24 + n / 10_000) for n in range(3000)]
    snippet = """
    const index = makeIndex(given);
    let pauses = 0;
    await prepare(index, { slice_ms: 0, pause: async () => { pauses += 1; } });
    return [pauses, find(index, "nimi 77 aani77")[0].name];
    """
    given = json.loads(names_file(known))
    pauses, name = node(snippet, given, makeIndex="search.mjs", prepare="search.mjs", find="search.mjs")
    assert pauses > 20
    assert name == "Nimi 77 Ääni77"


def test_make_index_when_of_another_version_then_refused(node: Node) -> None:
    snippet = 'try { makeIndex(given); } catch (error) { return error.message; } return "";'
    assert "version" in node(snippet, {"version": 2}, makeIndex="search.mjs")


# --- points ---------------------------------------------------------------------------------------------------------


def test_nearest_when_asked_all_over_then_as_by_brute_force(node: Node, demo: Area, moscow: Area) -> None:
    snippet = """
    const index = makeIndex(given);
    const all = nearest(index, [0, 0]) && index.near.grid;
    let [seed, wrong, count] = [1, 0, 0];
    const next = () => (seed = (seed * 48271) % 2147483647) / 2147483647;
    for (; count < 3000; count += 1) {
      const at = all.order[Math.floor(next() * all.order.length)];
      const spread = count % 3 === 0 ? 20000 : 40;
      const [x, y] = [all.x[at] + Math.round((next() - 0.5) * spread), all.y[at] + Math.round((next() - 0.5) * spread)];
      const found = nearestPoint(all, x, y);
      let best = -1, least = Infinity;
      for (let i = 0; i < all.x.length; i += 1) {
        const steps = Math.hypot((all.x[i] - x) * all.narrow, all.y[i] - y);
        if (steps < least) [best, least] = [i, steps];
      }
      if (found.point !== best || found.steps !== least) wrong += 1;
    }
    return wrong;
    """
    for area in (demo, moscow):
        given = json.loads(names_file(area.places))
        given_names = {"makeIndex": "search.mjs", "nearest": "search.mjs", "nearestPoint": "nearest.mjs"}
        assert node(snippet, given, **given_names) == 0


def test_nearest_when_beside_a_house_then_its_street_number_and_metres(node: Node) -> None:
    known = [*STREETS, place("Suburb", "suburb", 24.9411), place("Kiosk", "kiosk", 24.9411)]
    ask = {"makeIndex": "search.mjs", "nearest": "search.mjs"}
    found = node("return nearest(makeIndex(given), [24.9411, 60.17])", json.loads(names_file(known)), **ask)
    assert (found["name"], found["street"], found["house"]) == ("Mannerheimintie 5", "Mannerheimintie", "5")
    assert found["distance_m"] == pytest.approx(5.5, abs=0.2)
    only = node("return nearest(makeIndex(given), [24, 60])", json.loads(names_file([place("Kiosk")])), **ask)
    assert only["name"] == "Kiosk"
    nothing = "return [nearest(makeIndex(given), [24, 60]), find(makeIndex(given), 'a')]"
    assert node(nothing, json.loads(names_file([])), find="search.mjs", **ask) == [None, []]


@pytest.mark.parametrize(
    ("text", "point"),
    [
        ("60.1699, 24.9384", [24.9384, 60.1699]),
        (" 60.1699 24.9384 ", [24.9384, 60.1699]),
        ("60,1699; 24,9384", [24.9384, 60.1699]),
        ("33.9° S, 18.4° E", [18.4, -33.9]),
        ("geo:60.1699,24.9384;u=35?z=17", [24.9384, 60.1699]),
        ("geo:60,24", [24, 60]),
        ("5, 7", None),
        ("95.1, 24.9", "broken"),
        ("60.1, 190.5", "broken"),
        ("Katu 5", None),
        ("", None),
    ],
)
def test_parse_point_when_typed_then_longitude_first(node: Node, text: str, point: list[float] | str | None) -> None:
    assert node("return parsePoint(given)", text, parsePoint="points.mjs") == point


def test_parse_point_when_on_the_page_then_as_the_library(node: Node) -> None:
    dice = random.Random(7)  # noqa: S311 - no secret
    texts = [*POSITIONS, *("".join(dice.choices(OF_POSITIONS, k=dice.randint(1, 14))) for _ in range(30_000))]
    for text, point in zip(texts, node("return given.map(parsePoint)", texts, parsePoint="points.mjs"), strict=True):
        try:
            known: LonLat | str | None = parse_point(text)
        except BadPositionError:
            known = "broken"
        if point is None and not re.search("[°nsewшд]", text, re.IGNORECASE):
            continue  # whole numbers without any sign are typed on the way to an address
        assert (None if point is None else tuple(point) if point != "broken" else point) == known, text


# --- the same on the command line -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "known"),
    [
        ("Rustaveli", "улица Руставели"),
        ("ulitsa Rustaveli 3k2", "улица Руставели 3 к2"),
        ("5 Shchepkina", "улица Щепкина 5"),
        ("Мехелининкату", "Mechelininkatu"),
        ("Market ulitsa", "Market Street"),
        ("Ostankinskaya", "1-я Останкинская улица"),
    ],
)
def test_find_when_in_other_letters_then_found(typed: str, known: str) -> None:
    assert find([place("Elsewhere"), place(known, "street")], typed).names[0] == known


def test_find_when_the_name_itself_is_known_then_other_letters_do_not_count() -> None:
    assert find([place("Мир", "square"), place("Mir", "bench", 24.99)], "mir").kind == "bench"
    with pytest.raises(UnknownPlaceError):
        find([place("Мои")], "Мой")
