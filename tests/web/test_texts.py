"""The page's words: complete in every language, used, and the same from the page's modules and from the server's.

``python tests/web/test_texts.py`` sorts the dictionaries and writes them one key a line, as the tests want them.
"""

# ruff: noqa: RUF001 - Russian sentences are meant

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from babel import Locale
from hypothesis import example, given
from hypothesis import strategies as st

from routing.build import build_area
from routing.errors import PlaceError, SidestepError
from routing.formats import as_record
from routing.model import RouteRequest
from routing.plans import Step
from routing.rounding import percent
from routing.router import _TOLD, plan
from routing.steps import _COMPASS, _TAKEN, _TURNS, WAYS, say
from routing.workspace import released_cameras
from web import sentences
from web.texts import LANGUAGES, Words, minutes_of, rounded, words_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from routing.area import Area

    Node = Callable[..., Any]
    Text = str | dict[str, str]

sys.path.insert(0, str(Path(__file__).parents[1] / "bench"))
from table_walks import random_pairs

WEB = Path(__file__).parents[2] / "web"
I18N = WEB / "static" / "i18n"
SOURCES = sorted(
    path
    for path in WEB.rglob("*")
    if path.suffix in {".mjs", ".py", ".html", ".svg"} and "vendor" not in path.parts and path.is_file()
)
# what web/ adds to the codes of routing/errors.py, and what the page says when the server is gone
WEB_CODES = {
    "bad-json",
    "bad-request",
    "too-large",
    "not-found",
    "bad-method",
    "bad-media-type",
    "busy",
    "bug",
    "offline",
    "pack-damaged",
    "pack-foreign",
    "pack-newer",
    "pack-truncated",
    "page-old",
    "bad-proof",
    "bad-report",
    "report-conflict",
    "reports-not-taken",
}
COMMAND_LINE_CODES = {"unknown-kind"}  # of what the server is not asked
PLACEHOLDER = re.compile(r"\{(\w+)\}")
FORBIDDEN = re.compile(r"(?<![\w-])safe(?:r|st|ly|ty)?\b|camera[- ]free|безопасн|без камер", re.IGNORECASE)
# names, and what people type; all else in a language of another script is a word left behind
CYRILLIC = {"ru"}
NAMES = {
    "English",
    "ODbL",
    "http",
    "https",
    "Sidestep",
    "OpenStreetMap",
    "GPX",
    "GeoJSON",
    "JavaScript",
    "WebGL",
    "GPS",
    "QR",
    "HTTPS",
    "Google",
    "GIS",
    "Tor",
}
# where a dictionary is asked: words.t("a.b"), t('a.' ~ b), t(`a.${b}`), t(f"a.{b}")
CALL = re.compile(
    r"""(?<![\w$])t\(\s*(?:(?:"(?P<a>[^"]*)"|'(?P<b>[^']*)')(?P<more>\s*[~+])?|`(?P<js>[^`]*)`|f"(?P<py>[^"]*)")"""
)
# a key that stands in a table or a choice, and is asked for elsewhere
LITERAL = re.compile(r"([\"'`])(?P<key>[a-z]+(?:\.[\w-]+)+)\1")


def dictionary(lang: str) -> dict[str, Text]:
    read: dict[str, Text] = json.loads((I18N / f"{lang}.json").read_text(encoding="utf-8"))
    return read


def forms(text: Text) -> Iterator[str]:
    yield from text.values() if isinstance(text, dict) else [text]


def asked() -> Iterator[tuple[str, str]]:
    """Give every key, or the start of one, that the code asks for, and where."""
    for path in SOURCES:
        for found in CALL.finditer(path.read_text(encoding="utf-8")):
            whole = found["a"] or found["b"]
            dynamic = re.split(r"\$?\{", found["js"] or found["py"] or "", maxsplit=1)
            more = found["more"] or len(dynamic) > 1
            yield (whole or dynamic[0]) + ("*" if more else ""), path.name


def meant(key: str, known: dict[str, Text]) -> set[str]:
    if key.endswith("*"):
        return {one for one in known if one.startswith(key[:-1])}
    return {key} & known.keys()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_dictionary_when_compared_with_english_then_the_same_keys_and_placeholders(lang: str) -> None:
    english, here = dictionary("en"), dictionary(lang)
    assert here.keys() == english.keys()
    for key, text in english.items():
        assert isinstance(here[key], dict) == isinstance(text, dict), key
        wanted = {name for form in forms(text) for name in PLACEHOLDER.findall(form)}
        for form in forms(here[key]):
            # "one camera" may leave its number out
            assert wanted - {"count"} <= set(PLACEHOLDER.findall(form)) <= wanted, key


@pytest.mark.parametrize("lang", LANGUAGES)
def test_dictionary_when_a_text_has_plurals_then_exactly_those_of_the_language(lang: str, node: Node) -> None:
    wanted = node("return new Intl.PluralRules(given).resolvedOptions().pluralCategories", lang)
    assert set(wanted) == {*Locale.parse(lang).plural_form.tags, "other"}
    for key, text in dictionary(lang).items():
        if isinstance(text, dict):
            assert set(text) == set(wanted), key


@pytest.mark.parametrize("lang", LANGUAGES)
def test_dictionary_when_read_then_no_text_is_empty_promises_or_holds_markup(lang: str) -> None:
    for key, text in dictionary(lang).items():
        for form in forms(text):
            assert form.strip() == form != "", key
            assert "  " not in form, key
            assert not FORBIDDEN.search(form), key
            assert not re.search(r"[<>]|&\w+;", form), key
            assert not re.search(r"[{}]", PLACEHOLDER.sub("", form)), key


@pytest.mark.parametrize("lang", [lang for lang in LANGUAGES if lang in CYRILLIC])
def test_dictionary_when_the_script_is_another_then_no_latin_is_left_but_names(lang: str) -> None:
    for key, text in dictionary(lang).items():
        for form in forms(text):
            left = set(re.findall("[A-Za-z]+", PLACEHOLDER.sub("", form))) - NAMES
            assert not left, f"{key}: {left}"


def canonical(texts: dict[str, Text]) -> str:
    """Write a dictionary as the files stand: sorted, one key a line, no-break spaces to be seen."""
    rows = [f"  {json.dumps(key)}: {json.dumps(texts[key], ensure_ascii=False)}" for key in sorted(texts)]
    return "{\n" + ",\n".join(rows).replace("\u00a0", "\\u00a0") + "\n}\n"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_dictionary_when_written_then_sorted_one_key_a_line_and_nothing_invisible(lang: str) -> None:
    text = (I18N / f"{lang}.json").read_text(encoding="utf-8")
    assert text == canonical(dictionary(lang)), "`python tests/web/test_texts.py` writes it so"


def test_keys_when_the_code_asks_then_the_dictionary_has_them() -> None:
    known = dictionary("en")
    calls = list(asked())
    assert len(calls) > 60
    lacking = [f"{key} ({name})" for key, name in calls if not meant(key, known)]
    assert lacking == []


def test_keys_when_in_the_dictionary_then_some_code_uses_them() -> None:
    known = dictionary("en")
    used = {key for asks, _ in asked() for key in meant(asks, known)}
    for path in SOURCES:
        used |= {found["key"] for found in LITERAL.finditer(path.read_text(encoding="utf-8"))}
    assert sorted(known.keys() - used) == []


def codes(error: type[SidestepError] = SidestepError) -> set[str]:
    here = {error.code} if error.__module__ == "routing.errors" else set()
    return here.union(*(codes(kind) for kind in error.__subclasses__()))


def named(section: str) -> set[str]:
    return {key.removeprefix(section) for key in dictionary("en") if key.startswith(section)}


def test_errors_when_the_server_makes_its_own_then_their_codes_are_known_here() -> None:
    made = re.compile(r'code: ClassVar\[str\] = "([a-z-]+)"|\d{3}, "([a-z-]+)",')
    found = {a or b for path in WEB.glob("*.py") for a, b in made.findall(path.read_text(encoding="utf-8"))}
    assert found <= WEB_CODES


def test_languages_when_offered_then_each_dictionary_names_them() -> None:
    for lang in LANGUAGES:
        assert {f"ui.language.{other}" for other in LANGUAGES} <= dictionary(lang).keys()


def test_errors_when_listed_then_each_code_has_a_sentence_that_goes_on_to_a_way_out() -> None:
    assert named("errors.") == (codes() | WEB_CODES) - COMMAND_LINE_CODES
    for lang in LANGUAGES:
        for code in named("errors."):
            said = sentences.error_words(Words(lang, strict=True), code)
            assert len(re.findall(r"[.;—] \w", said)) >= 1, code
            assert said.endswith("."), code
        assert sentences.error_words(words_in(lang), "no-such-code") == words_in(lang).t("errors.error")


def test_dictionary_when_the_planner_may_say_something_then_it_has_a_text() -> None:
    assert named("steps.along.") == {*WAYS, "covered_square"} - _TAKEN
    assert named("steps.take.") == named("steps.take_named.") == _TAKEN
    assert named("steps.compass.") == set(_COMPASS)
    assert named("steps.turn.") == {*_TURNS, "straight_through"}
    assert named("steps.keep.") == {"left", "right"}
    assert named("notes.") == {
        *_TOLD,
        "start-moved",
        "stop-moved",
        "end-moved",
        "wish-not-met",
        "own-cameras-unused",
        "off-unknown",
    }


def both(node: Node, lang: str, calls: list[tuple[str, list[Any]]]) -> list[tuple[Any, Any]]:
    """Call functions of steps.mjs, or methods of the words, on both sides: (page's answer, server's answer)."""
    strict = Words(lang, strict=True)
    snippet = """
        const [lang, texts, calls] = given;
        const words = makeWords(lang, texts, { strict: true });
        const steps = await import(js + "steps.mjs");
        return calls.map(([name, values]) => (name in steps ? steps[name](words, ...values) : words[name](...values)));
    """
    page = node(snippet, [lang, strict.texts, calls], makeWords="i18n.mjs")
    server = []
    for name, values in calls:
        if name == "t":
            server.append(strict.t(values[0], **(values[1] if len(values) > 1 else {})))
        elif name.endswith("Words"):
            server.append(getattr(sentences, f"{name.removesuffix('Words')}_words")(strict, *values))
        else:
            server.append(getattr(strict, name)(*values))
    return list(zip(page, server, strict=True))


LENGTHS_M = (
    0,
    0.4,
    0.5,
    1,
    4.4,
    9.5,
    9.9,
    12,
    12.5,
    47.5,
    97.4,
    97.5,
    99.9,
    344,
    345,
    994.9,
    995,
    1049.9,
    1050,
    12_345.6,
)
TIMES_S = (0, 0.5, 45, 59.4, 59.5, 60, 89, 90, 91, 150, 3569, 3570, 3600, 3659, 3900, 86_400)
NUMBERS = (0, -0.2, 0.05, 0.25, 0.5, 1.5, 2.5, 999.5, 1000, 1234567.89, 129.7)
# where the number of digits changes, ties, floats that lie beside what they mean, and what the API writes
CHANCES = (
    *(0, 1e-12, 4.9e-10, 5e-10, 1e-9, 0.000999, 0.001, 0.00105, 0.00115, 0.0125, 0.0135, 0.0994, 0.0995, 0.09949999),
    *(0.1, 0.105, 0.115, 0.29, 0.575, 0.985, 0.989, 0.99, 0.990000001, 0.9900000001, 0.99999, 1),
    *(float(f"{1.07**-n:.3g}") for n in range(1, 160)),
)
DATES = ("2019-04", "2019-04-21", "2008-11", "2018-12-31", "2024-02-29", "2019-02-30", "2019-13", "spring", "", "2019")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_figures_when_written_by_the_page_and_the_server_then_the_same(node: Node, lang: str) -> None:
    calls: list[tuple[str, list[Any]]] = [
        *(("distance", [x]) for x in LENGTHS_M),
        *(("duration", [x]) for x in TIMES_S),
        *(("number", [x, digits]) for x in NUMBERS for digits in (0, 1, 2)),
        *(("share", [x]) for x in (0, 0.004, 0.005, 0.25, 0.255, 0.999, 1)),
        *(("chance", [x]) for x in CHANCES),
        *(("month", [x]) for x in (*DATES, *(f"2020-{month:02}" for month in range(1, 13)))),
        *(("date", [x]) for x in (*DATES, *(f"2020-{month:02}-0{month % 9 + 1}" for month in range(1, 13)))),
        *(("series", [list("abcd")[:n]]) for n in range(1, 5)),
        *(("capital", [x]) for x in ("", "ёлка", "north", "İ", "ß")),
        *(("kind", [x]) for x in ("bus stop", "square", "reservoir covered", "")),
        *(("t", ["walks.cameras.fewer", {"count": n}]) for n in (*range(26), 100, 101, 111, 112, 1001, 1_000_000)),
        ("t", ["steps.head_along", {"head": "{name}", "name": "$& {count} {head} \\1"}]),
    ]
    for call, (page, server) in zip(calls, both(node, lang, calls), strict=True):
        assert page == server, call
        assert page or call[1] == [""], call


def test_figures_when_written_then_as_the_language_does() -> None:
    english, russian = words_in("en"), words_in("ru")
    assert [english.distance(x) for x in (3.6, 98, 344, 1240)] == [
        "4\u00a0m",
        "100\u00a0m",
        "340\u00a0m",
        "1.2\u00a0km",
    ]
    assert [russian.distance(x) for x in (65, 4180)] == ["65\u00a0м", "4,2\u00a0км"]
    assert [russian.duration(x) for x in (45, 804, 3600, 3900)] == [
        "45\u00a0с", "13\u00a0мин", "1\u00a0ч", "1\u00a0ч 5\u00a0мин",
    ]  # fmt: skip
    assert (english.number(12345), russian.number(12345)) == ("12,345", "12\u00a0345")
    assert (english.month("2019-04-21"), russian.month("2019-04")) == ("April 2019", "апрель 2019")
    assert (english.share(0.25), russian.share(0.25)) == ("25\u00a0%", "25\u00a0%")
    assert [russian.chance(x) for x in (0, 0.0001, 0.0123, 0.123, 0.999)] == [
        "0\u00a0%", "менее 0,1\u00a0%", "1,2\u00a0%", "12\u00a0%", "более 99\u00a0%",
    ]  # fmt: skip
    assert (russian.kind("bus stop"), russian.kind("reservoir covered")) == ("остановка автобуса", "место")
    assert (rounded(2.5), minutes_of(150)) == (3, 3)


@given(st.floats(0, 1))
@example(0.0)
def test_chance_when_written_on_the_page_then_with_the_digits_of_the_command_line(chance: float) -> None:
    assert words_in("en").chance(chance).replace("\u00a0", " ") == percent(chance)


def test_figures_when_a_number_is_counted_then_the_noun_agrees() -> None:
    said = [words_in("ru").t("walks.cameras.fewer", count=n) for n in (1, 2, 5, 11, 21, 24, 112)]
    assert [text.split()[2] for text in said] == ["камеру", "камеры", "камер", "камер", "камеру", "камеры", "камер"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_words_when_something_is_missing_then_tests_fail_and_people_see_no_key(node: Node, lang: str) -> None:
    cut = {"a.b": "{x}", "a.n": {"one": "1", "other": "{count}"}}
    snippet = """
        const loose = makeWords(given[0], given[1]);
        const strict = makeWords(given[0], given[1], { strict: true });
        const asks = [["a.c"], ["a.b"], ["a.n"], ["toString"]];
        const fails = asks.map((ask) => { try { return strict.t(...ask); } catch (error) { return error.message; } });
        return [asks.map((ask) => loose.t(...ask)), fails];
    """
    shown, failed = node(snippet, [lang, cut], makeWords="i18n.mjs")
    assert shown == [Words(lang, cut).t(key) for key in ("a.c", "a.b", "a.n", "toString")] == ["…"] * 4
    for key, told in zip(("a.c", "a.b", "a.n", "toString"), failed, strict=True):
        with pytest.raises(KeyError) as caught:
            Words(lang, cut, strict=True).t(key)
        assert caught.value.args[0] == told


def test_words_when_a_language_lacks_a_text_then_english_stands_in() -> None:
    assert set(words_in("ru").texts) == set(words_in("en").texts)
    assert LANGUAGES[0] == "en"
    with pytest.raises(KeyError, match="tlh"):
        Words("tlh")


AREA = {
    "name": "Kamppi",
    "osm_date": "2019-04-21",
    "cameras": 221,
    "cameras_per_km2": 129.7,
    "directions_known": 0.0,
    "surveyed_share": None,
}
AREAS = [
    AREA,
    {**AREA, "oldest": "2008-11", "newest": "2018-12"},
    {**AREA, "oldest": "2018-12", "newest": "2018-12", "surveyed_share": 0.25},
    {**AREA, "oldest": None, "newest": None, "directions_known": 1.0, "cameras_per_km2": 9.96},
    {**AREA, "directions_known": 0.001, "osm_date": None},
    {**AREA, "directions_known": 0.5, "cameras_per_km2": None},
    {**AREA, "cameras": 1, "directions_known": 1.0, "cameras_per_km2": 0.31},
    {**AREA, "cameras": 1, "directions_known": 0.0},
    {**AREA, "cameras": 0, "cameras_per_km2": 0.0},
    {**AREA, "cameras": 0, "cameras_per_km2": None, "directions_known": None, "osm_date": None},
]
CAMERA = {
    "kind": "fixed",
    "sectors": [],
    "indoor": False,
    "direction_known": False,
    "status": "confirmed",
    "source": "osm",
    "fr": "unknown",
    "evidence": "osm",
    "first_seen": None,
    "last_seen": "2019-04",
    "confirmations": 0,
}
CAMERAS = [
    *({**CAMERA, "kind": kind, "fr": "yes"} for kind in ("fixed", "dome", "panning", "alpr", "unknown", "new")),
    {**CAMERA, "fr": "no"},
    *({**CAMERA, "kind": kind, "direction_known": True} for kind in ("fixed", "dome", "panning")),
    *({**CAMERA, "sectors": [[start, 50.0]], "direction_known": True} for start in range(-25, 360, 15)),
    {**CAMERA, "sectors": [[0, 10], [90, 10], [91, 10], [180, 90]], "direction_known": True, "indoor": True},
    *({**CAMERA, "evidence": evidence} for evidence in ("seen", "sign", "official_list", "hearsay")),
    *({**CAMERA, "status": status, "source": "import:Open: 1"} for status in ("unverified", "disputed", "removed")),
    *({**CAMERA, "confirmations": n, "first_seen": "2011-01"} for n in (1, 2, 5)),
    *({**CAMERA, "first_seen": "2011-01", "last_seen": last} for last in ("2011-01", None)),
    {**CAMERA, "last_seen": None},
]  # fmt: skip
CHANCE = {"low": 0.0312, "default": 0.123, "high": 0.41, "unmapped": 0.0512}
NO_CHANCE = dict.fromkeys(CHANCE, 0.0)
FIRST = {
    "name": "shortest", "length_m": 1123.0, "duration_s": 802, "in_view_m": 543.4, "in_view_s": 388,
    "cameras_in_view": 17, "risk": 0.131, "recognition": CHANCE, "cameras_could_recognise": 5,
    "ranges": {"cameras_could_recognise": {"low": 0.0, "high": 12.0}}, "surveyed_share": None,
    "ends_in_view_m": 0.9, "enclosed_m": 0.0,
}  # fmt: skip
ROUTES = [
    {**FIRST, "duration_s": duration_s, "risk": risk, "cameras_in_view": cameras}
    for duration_s in (802, 809, 810, 1000, 400, 6000)
    for risk in (0.131, 0.1304, 0.1303, 0.0786, 0.0, 0.27)
    for cameras in (17, 16, 15, 12, 0, 18, 40)
]
WALKS = [
    *({**FIRST, "in_view_m": view_m, "in_view_s": round(view_m / 1.4)} for view_m in (0.0, 0.4, 61.0, 1123.0)),
    *({**FIRST, "surveyed_share": share} for share in (0.0, 0.004, 0.25, 1.0)),
    *({**FIRST, "cameras_could_recognise": count} for count in (0, 1, 2, 5, 21)),
    {**FIRST, "cameras_in_view": 0, "enclosed_m": 543.4, "ranges": {"cameras_could_recognise": {"low": 0, "high": 0}}},
    {**FIRST, "recognition": NO_CHANCE, "cameras_in_view": 0, "in_view_m": 0.0, "in_view_s": 0},
    {**FIRST, "recognition": {"low": 1e-6, "default": 0.0004, "high": 0.9999, "unmapped": 0.0}, "ends_in_view_m": 61.0},
]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_sentences_when_told_by_the_page_and_the_server_then_the_same_and_whole(node: Node, lang: str) -> None:
    calls: list[tuple[str, list[Any]]] = [
        *(("coverageWords", [area]) for area in AREAS),
        *(("cameraWords", [camera]) for camera in CAMERAS),
        *(("compareWords", [FIRST, route]) for route in ROUTES),
        ("compareWords", [{**FIRST, "cameras_in_view": 0}, {**FIRST, "cameras_in_view": 0}]),
        ("compareWords", [{**FIRST, "risk": 0.0}, FIRST]),
        *(("errorWords", [code]) for code in (*sorted(codes() | WEB_CODES), "no-such-code")),
        *(("noteWords", [{"code": code, "text": "", "metres": 61.7}]) for code in sorted(named("notes."))),
        *(
            ("noteWords", [{"code": code, "text": "", "count": count}])
            for code in ("own-cameras-unused", "off-unknown")
            for count in (1, 3, 5, 21)
        ),
        *(("noteWords", [{"code": code, "text": ""}]) for code in sorted(_TOLD)),
    ]
    for call, (page, server) in zip(calls, both(node, lang, calls), strict=True):
        assert page == server, call
        for text in page.values() if isinstance(page, dict) else [page]:
            assert text, call
            assert not re.search(r"[{}…]|\.\.|  | [.,]|undefined|null|NaN|None", text), text
            assert text[0].isupper(), text


@pytest.mark.parametrize("lang", LANGUAGES)
def test_walks_when_told_by_the_page_and_the_server_then_the_same_and_whole(node: Node, lang: str) -> None:
    calls: list[tuple[str, list[Any]]] = [
        *(("walkWords", [route]) for route in WALKS),
        *((f"{what}Words", [route]) for what in ("short", "seen") for route in WALKS),
        *(("rangeWords", [route["recognition"]]) for route in WALKS),
        *(("savedWords", [FIRST, route]) for route in ROUTES),
    ]
    for call, (page, server) in zip(calls, both(node, lang, calls), strict=True):
        assert page == server, call
        for text in page if isinstance(page, list) else [page]:
            assert text, call
            assert not re.search(r"[{}…]|\.\.|  | [.,]|undefined|null|NaN|None", text), text
            assert call[0] != "walkWords" or (text[-1] == "." and (text[0].isupper() or text[0].isdigit())), text


def test_walk_when_told_then_with_all_ranges_and_how_far_they_are_to_be_believed() -> None:
    said = "\n".join(sentences.walk_words(words_in("en"), {**FIRST, "surveyed_share": 0.25})).replace("\u00a0", " ")
    assert said == (
        "1.1 km, 540 m in view for 6 min.\n"
        "Chance to be recognised at least once: 12 % (3.1 % to 41 %). "
        "By cameras that nobody mapped, taken alone: 5.1 %.\n"
        "5 mapped cameras could recognise you (0 to 12).\n"
        "These numbers rest on assumptions: compare walks by them, and believe none of them for itself.\n"
        "Somebody looked for cameras on 25 % of this walk."
    )
    unknown = {**FIRST, "recognition": NO_CHANCE}
    assert len(sentences.walk_words(words_in("en"), unknown)) == 1
    assert sentences.short_words(words_in("en"), unknown) == "540\u00a0m in view"
    assert sentences.short_words(words_in("ru"), FIRST) == "узнают: 12\u00a0%"


def test_sentences_when_told_in_both_languages_then_as_people_say_it() -> None:
    english, russian = words_in("en"), words_in("ru")
    second = {**FIRST, "duration_s": 982, "risk": 0.0786, "cameras_in_view": 15}
    assert sentences.compare_words(english, FIRST, second) == (
        "Against the shortest: +3\u00a0min, 40\u00a0% less risk, 2 cameras fewer."
    )
    assert sentences.compare_words(russian, FIRST, second) == (
        "По сравнению с коротким: +3\u00a0мин, риск −40\u00a0%, на 2 камеры меньше."
    )
    assert sentences.coverage_words(english, AREAS[1]) == (
        "Kamppi: 221 cameras are mapped. About 130 per km². Where they look is not known of any. "
        "Dated November 2008 to December 2018. Map data: April 2019. Nothing is known of what is not mapped."
    )
    assert sentences.coverage_words(russian, AREAS[1]) == (
        "Kamppi: на карте 221 камера. В среднем 130 на км². Куда они смотрят, неизвестно. "
        "Даты записей: ноябрь 2008\u00a0— декабрь 2018. Данные карты: апрель 2019. "
        "О камерах, которых нет на карте, ничего не известно."
    )
    assert "no mapped camera" in sentences.coverage_words(english, AREAS[8])
    assert sentences.camera_words(russian, CAMERA)["looks"] == (
        "Куда она смотрит, на карте не указано, поэтому считаем, что она видит всё вокруг."
    )
    looks = sentences.camera_words(english, {**CAMERA, "sectors": [[0, 10], [90, 10]], "direction_known": True})[
        "looks"
    ]
    assert looks == "Looks north and east."


def steps_of(area: Area, pairs: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]], int]:
    """Give the steps and notes of real walks as the API tells them, and how many walks that are."""
    steps, notes, walks = [], [], 0
    for start, end in random_pairs(area, pairs, seed=17):
        try:
            record: Any = as_record(plan(area, RouteRequest(start, end)))
        except PlaceError:  # some points lie on a ferry's course
            continue
        walks += len(record["routes"])
        steps += [step for route in record["routes"] for step in route["steps"]]
        notes += record["notes"]
    return steps, notes, walks


def check_steps(node: Node, steps: list[dict[str, Any]], notes: list[dict[str, Any]]) -> None:
    for lang in LANGUAGES:
        calls = [*(("stepWords", [step]) for step in steps), *(("noteWords", [note]) for note in notes)]
        told = both(node, lang, calls)
        for step, (page, server) in zip([*steps, *notes], told, strict=True):
            assert page == server
            assert page, step
            assert not re.search(r"[{}…]|  |undefined|null|None", page.replace(step.get("name") or "\0", "A")), page
            if lang == "en" and "do" in step:
                assert page == step["text"]
            assert (step.get("name") or "") in page


def test_steps_when_of_300_real_walks_then_said_whole_in_every_language(node: Node, demo: Area) -> None:
    steps, notes, walks = steps_of(demo, 125)
    assert walks >= 300
    check_steps(node, steps, notes)


def test_steps_when_of_300_walks_in_moscow_then_said_whole_in_every_language(node: Node, test_data: Path) -> None:
    cameras = released_cameras()
    area = build_area(test_data / "moscow-ostankino.osm.gz", camera_files=[cameras])
    steps, notes, walks = steps_of(area, 320)
    assert walks >= 300
    check_steps(node, steps, notes)


def test_steps_when_any_combination_then_said_whole_and_in_english_as_the_planner_says_it(node: Node) -> None:
    made = []
    for way in WAYS:
        for name in ("", "Набережная ул.", "{name} $1"):
            for through in (False, True):
                for cross in (False, True):
                    for do, turns, compasses in (("head", (None,), (None, *_COMPASS)), ("go", tuple(_TURNS), (None,))):
                        made += [
                            Step(
                                "",
                                1.0,
                                name,
                                do,
                                turn,
                                compass,
                                way,
                                through=through and way not in _TAKEN,
                                cross=cross,
                                keep=keep,
                            )
                            for turn in turns
                            for compass in compasses
                            for keep in (None, "left", "right")
                        ]
    made += [Step("", 0.0, "", "arrive", cross=cross) for cross in (False, True)]
    made += [Step("", 0.0, name, "stop", cross=cross, stop=2) for name in ("", "Киасма") for cross in (False, True)]
    fields = ("name", "do", "turn", "compass", "way", "through", "cross", "keep", "stop")
    # unnamed ways other than a square and a passage are never walked "through"
    made = [step for step in made if step.name or not step.through or step.way in {"square", "passage"}]
    made = [step for step in made if step.name or step.through or step.way != "passage"]
    for lang in LANGUAGES:
        told = both(node, lang, [("stepWords", [{key: getattr(step, key) for key in fields}]) for step in made])
        for step, (page, server) in zip(made, told, strict=True):
            assert page == server
            assert page[0].isupper()
            assert not re.search(r"[{}…]|  ", page.replace(step.name or "\0", "A"))
            assert lang != "en" or page == say(step)


if __name__ == "__main__":
    for language in LANGUAGES:
        (I18N / f"{language}.json").write_text(canonical(dictionary(language)), encoding="utf-8")
