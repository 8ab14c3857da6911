"""The published schemas and the rules that are applied say the same of any feature, but for what no schema can say."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from routing import camera_rules, surveys

DATA = Path(__file__).parents[1] / "data"
SCHEMAS = {name: json.loads((DATA / f"{name}.schema.json").read_text()) for name in ("cameras", "surveys")}
WHOLE = {name: jsonschema_rs.validator_for(schema) for name, schema in SCHEMAS.items()}
RULES = {"cameras": camera_rules.problems, "surveys": surveys.problems}
CAMERA: dict[str, Any] = {
    "type": "Feature",
    "geometry": {"type": "Point", "coordinates": [24.9, 60.2]},
    "properties": {
        "id": "ss/abcdefghij",
        "source": "import:x",
        "status": "disputed",
        "fr": "no",
        "first_seen": "2019-01",
        "last_seen": None,
        "confirmations": 3,
        "evidence": "sign",
        "gone": ["2020-01", "2020-02"],
        "removed_because": "x",
        "also": [{"id": "osm/way/7", "source": "osm", "evidence": "osm", "first_seen": None, "last_seen": "2018-05"}],
        "camera:type": "dome",
    },
}
SURVEY: dict[str, Any] = {
    "type": "Feature",
    "geometry": {"type": "LineString", "coordinates": [[24.9, 60.2], [24.91, 60.2, 3.5]]},
    "properties": {"id": "sv/abcdefghij", "month": "2020-01", "method": "walked", "source": "report"},
}
GOOD = {"cameras": CAMERA, "surveys": SURVEY}

WORDS = [
    *("osm/node/12", "osm/node/012", "osm/node/12\n", "ss/abcdefghij", "ss/abcdefghi1", "sv/abcdefghij", "", "x" * 501),
    *("osm", "report", "official", "import:a-b_c.9", "import:", "import:ä", "confirmed", "removed", "yes", "walked"),
    *("imagery", "seen", "2019-01", "2019-13", "2019-1", "1899-01", "a\tb", "a\x9fb", "a\u2028b", "Point", "Feature"),
]
TEXT = st.sampled_from(WORDS) | st.text(st.characters(exclude_categories=["Cs"]), max_size=5)  # a surrogate is no JSON
# a whole number written with a point is none of what the schema cannot say (below)
NUMBER = st.integers(-(2**33), 2**33) | st.floats(allow_nan=False, allow_infinity=False).filter(
    lambda x: not x.is_integer()
)
ANY = st.recursive(
    st.none() | st.booleans() | NUMBER | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=5,
)
POSITION = st.lists(st.sampled_from([0, -180, 180, 90, -90.5, 24.9, 181, 1e9, -1e9, 5e8, True, "1", None]), max_size=4)
MONTHS = st.sets(st.sampled_from(["2019-01", "2019-02", "2020-13", "x"]), max_size=3).map(sorted)  # in order: below
ORIGIN = st.dictionaries(st.sampled_from([*camera_rules.ORIGIN, "x"]), TEXT | st.none(), max_size=5)
VALUES: Any = ANY | POSITION | st.lists(POSITION, max_size=3) | MONTHS | ORIGIN | st.lists(ORIGIN, max_size=3)
KEYS = [
    *camera_rules.SPECIAL,
    "month",
    "method",
    "camera:type",
    "a\nb",
    "type",
    "coordinates",
    "geometry",
    "properties",
]


@st.composite
def features(draw: st.DrawFn, good: dict[str, Any]) -> Any:  # noqa: ANN401 (any JSON)
    """A good feature of which some members are left out, changed or added."""
    feature = copy.deepcopy(good)
    for _ in range(draw(st.integers(0, 3))):
        holder = draw(st.sampled_from([feature, feature["properties"], feature["properties"], feature["geometry"]]))
        key = draw(st.sampled_from(KEYS) | st.sampled_from(sorted(holder) or ["x"]))
        if draw(st.integers(0, 5)) == 0:
            holder.pop(key, None)
        else:
            holder[key] = draw(VALUES)
        if not all(isinstance(feature.get(part), dict) for part in ("properties", "geometry")):
            return feature
    return draw(st.one_of(st.just(feature), st.just(feature), st.just(feature), ANY))


def by_rules(name: str, feature: object) -> bool:
    """Whether the rules let it pass, but for first after last."""
    return not [text for text in RULES[name](feature) if "first_seen is after" not in text]


def by_schema(name: str, feature: object) -> bool:
    return WHOLE[name].is_valid({"type": "FeatureCollection", "features": [feature]})


@given(features(CAMERA))
@example(CAMERA)
@example(CAMERA | {"properties": CAMERA["properties"] | {"also": [{"id": "osm/node/1"}] * 101}})
def test_camera_when_held_against_rules_and_schema_then_they_agree(feature: object) -> None:
    assert by_schema("cameras", feature) == by_rules("cameras", feature)


@given(features(SURVEY))
@example(SURVEY)
@example(SURVEY | {"geometry": {"type": "LineString", "coordinates": [[0, 0]] * 1001}})
def test_survey_when_held_against_rules_and_schema_then_they_agree(feature: object) -> None:
    assert by_schema("surveys", feature) == by_rules("surveys", feature)


@pytest.mark.parametrize(
    ("gone", "because", "fine"),
    [
        (None, None, False),
        ([], None, False),
        (["2020-01"], None, False),
        (["2020-01", "2020-02"], None, True),
        (None, "a dummy", True),
        (["2020-01"], "a dummy", True),
    ],
)
def test_tombstone_when_it_rests_on_nothing_then_both_refuse(
    gone: list[str] | None,
    because: str | None,
    fine: bool,  # noqa: FBT001 (a table of cases)
) -> None:
    said = {"id": "osm/node/1", "status": "removed", "gone": gone, "removed_because": because}
    feature = CAMERA | {"properties": {key: value for key, value in said.items() if value is not None}}
    assert by_schema("cameras", feature) == fine
    assert (list(camera_rules.problems(feature)) == []) == fine


# What no schema can say; that ids and keys stand once is a matter of the whole file and of its text.
UNSAYABLE = [
    ("cameras", {"last_seen": "2099-12"}),
    ("cameras", {"first_seen": "2099-12"}),
    ("cameras", {"gone": ["2099-12"]}),
    ("cameras", {"gone": ["2020-02", "2020-01"]}),
    ("cameras", {"first_seen": "2020-02", "last_seen": "2020-01"}),
    ("cameras", {"confirmations": 3.0}),
    ("cameras", {"also": [{"id": "osm/node/1", "last_seen": "2099-12"}]}),
    ("surveys", {"month": "2099-12"}),
]


@pytest.mark.parametrize(("name", "change"), UNSAYABLE)
def test_rules_when_no_schema_can_say_it_then_they_alone_refuse(name: str, change: dict[str, object]) -> None:
    feature = GOOD[name] | {"properties": GOOD[name]["properties"] | change}
    assert by_schema(name, feature)
    assert list(RULES[name](feature))


def test_rules_when_a_key_stands_twice_then_they_alone_refuse() -> None:
    text = json.dumps(CAMERA).replace('"fr": "no"', '"fr": "no", "fr": "no"')
    pairs = json.loads(text, object_pairs_hook=lambda pairs: (dict if len(dict(pairs)) == len(pairs) else Twice)(pairs))
    assert by_schema("cameras", json.loads(text))
    assert "has the same key twice; keep one" in list(camera_rules.problems(pairs))


Twice = camera_rules.Twice


@pytest.mark.parametrize("name", ["cameras", "surveys"])
def test_schema_when_held_against_its_own_rules_and_the_files_that_ship_then_fine(name: str) -> None:
    assert jsonschema_rs.meta.is_valid(SCHEMAS[name])
    WHOLE[name].validate(json.loads((DATA / f"{name}.geojson").read_text()))
    assert not WHOLE[name].is_valid({"type": "FeatureCollection"})
    assert not WHOLE[name].is_valid({"type": "Feature", "features": []})


def test_schema_when_it_lists_properties_then_those_of_the_record() -> None:
    told = SCHEMAS["cameras"]["$defs"]["feature"]["properties"]["properties"]["properties"]
    assert told.keys() == set(camera_rules.SPECIAL)
    assert SCHEMAS["cameras"]["$defs"]["origin"]["properties"].keys() == set(camera_rules.ORIGIN)
