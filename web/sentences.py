"""What the planner and the map tell, in a language: steps, notes, errors, cameras, what is known, what a walk costs.

Records of the API go in (the members of its JSON), sentences come out. ``static/js/steps.mjs`` says the same on the
page (tests hold them together). Street names stay as the map has them: sentences are built so that no name needs
another case. Nothing is escaped here; templates do that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from web.texts import minutes_of, rounded

if TYPE_CHECKING:
    from collections.abc import Mapping

    from web.texts import Words

    Record = Mapping[str, Any]

__all__ = [
    "camera_words",
    "compare_words",
    "coverage_words",
    "error_words",
    "note_words",
    "range_words",
    "saved_words",
    "seen_words",
    "short_words",
    "step_words",
    "walk_words",
]

_TAKEN: Final = frozenset({"ferry", "lift", "steps"})
_POINTS: Final = ("north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west")
_EVIDENCE: Final = frozenset({"osm", "seen", "sign", "official_list"})
_DOUBTS: Final = frozenset({"unverified", "disputed", "removed"})
_KINDS: Final = frozenset({"alpr", "dome", "fixed", "panning"})


def step_words(words: Words, step: Record) -> str:
    """Say a step of a route, without its length.

    Examples
    --------
    >>> from web.texts import words_in
    >>> walk = {"do": "go", "turn": "left", "compass": None, "way": "path", "name": "", "through": False, "cross": True}
    >>> step_words(words_in("ru"), walk | {"keep": "right"})
    'Перейдите дорогу, затем поверните налево и идите по тропинке, держитесь правой стороны'
    """
    t = words.t
    if step["do"] == "arrive":
        return words.capital(t("steps.cross_arrive") if step["cross"] else t("steps.arrive"))
    if step["do"] == "stop":
        text = t("steps.stop_named" if step["name"] else "steps.stop", stop=step["stop"], name=step["name"])
    else:
        text = _head(words, step) if step["do"] == "head" else _go(words, step)
    text = t("steps.cross", step=text) if step["cross"] else text
    return words.capital(t(f"steps.keep.{step['keep']}", step=text) if step["keep"] else text)


def _head(words: Words, step: Record) -> str:
    """Say how the walk sets out."""
    t = words.t
    compass = None if step["compass"] is None else t(f"steps.compass.{step['compass']}")
    if step["way"] in _TAKEN:
        return _take(words, step) if compass is None else t("steps.head_take", take=_take(words, step), compass=compass)
    head = t("steps.head_unknown") if compass is None else t("steps.head", compass=compass)
    if not step["name"]:
        return t("steps.head_way", head=head, way=_way(words, step))
    return t(f"steps.head_{_how_named(step)}", head=head, name=step["name"])


def _go(words: Words, step: Record) -> str:
    """Say how the walk goes on."""
    t = words.t
    straight = step["turn"] in {None, "straight"}
    turn = t(f"steps.turn.{('straight_through' if step['through'] else 'straight') if straight else step['turn']}")
    if step["way"] in _TAKEN:
        return _take(words, step) if straight else t("steps.go_turn_take", turn=turn, take=_take(words, step))
    if step["name"]:
        return t(f"steps.go_{_how_named(step)}", turn=turn, name=step["name"])
    way = _way(words, step)
    return t("steps.go_straight_way", turn=turn, way=way) if straight else t("steps.go_turn_way", turn=turn, way=way)


def _take(words: Words, step: Record) -> str:
    if not step["name"]:
        return words.t(f"steps.take.{step['way']}")
    return words.t(f"steps.take_named.{step['way']}", name=step["name"])


def _way(words: Words, step: Record) -> str:
    covered = step["through"] and step["way"] == "square"
    return words.t(f"steps.along.{'covered_square' if covered else step['way']}")


def _how_named(step: Record) -> str:
    if step["through"]:
        return "through"
    return "across" if step["way"] == "square" else "along"


def note_words(words: Words, note: Record) -> str:
    """Say what must be told with a plan.

    Examples
    --------
    >>> from web.texts import words_in
    >>> note_words(words_in("en"), {"code": "nothing-to-gain", "text": "in English"})
    'No mapped camera sees the shortest walk; there is nothing to gain from another.'
    """
    numbers = {"distance": words.distance(note.get("metres", 0.0)), "share": words.chance(note.get("share", 0.0))}
    return words.t(f"notes.{note['code']}", **numbers, count=note.get("count", 0))


def error_words(words: Words, code: str) -> str:
    """Say what went wrong and what to do; of a code that nobody knows, that it did not work.

    Examples
    --------
    >>> from web.texts import words_in
    >>> error_words(words_in("ru"), "same-place")
    'Начало и конец — одно и то же место, идти никуда не надо. Выберите другое начало или конец.'
    """
    return words.t(f"errors.{code}") if words.has(f"errors.{code}") else words.t("errors.error")


def coverage_words(words: Words, area: Record) -> str:
    """Say what is known of an area's cameras, how old it is, and that the rest is not known."""
    t = words.t
    when = area.get("osm_date")
    data = t("coverage.map", month=words.month(when)) if when else t("coverage.map_unknown")
    if area["cameras"] == 0:
        return f"{t('coverage.none', name=area['name'])} {data}"
    said = [t("coverage.cameras", name=area["name"], count=area["cameras"])]
    density = area["cameras_per_km2"]
    if density is not None:
        said.append(t("coverage.density", density=words.number(density, 1 if density < 10 else 0)))  # noqa: PLR2004
    said.append(_directions(words, area))
    oldest, newest = area.get("oldest"), area.get("newest")
    if oldest and newest:
        dated = words.month(oldest), words.month(newest)
        alike = dated[0] == dated[1]
        said.append(
            t("coverage.dated_once", month=dated[0]) if alike else t("coverage.dated", oldest=dated[0], newest=dated[1])
        )
    if area.get("surveyed_share"):
        said.append(t("coverage.surveyed", share=words.share(area["surveyed_share"])))
    return " ".join((*said, data, t("coverage.rest")))


def _directions(words: Words, area: Record) -> str:
    """Say how many cameras have a direction."""
    share, cameras = area.get("directions_known") or 0.0, area["cameras"]
    if cameras == 1:
        return words.t("coverage.direction.known") if share > 0 else words.t("coverage.direction.unknown")
    if share <= 0:
        return words.t("coverage.directions.none")
    if share >= 1:
        return words.t("coverage.directions.all")
    return words.t("coverage.directions.some", count=min(max(int(rounded(share * cameras)), 1), cameras - 1))


def compare_words(words: Words, first: Record, route: Record) -> str:
    """Say what a walk costs and saves against the first one, by the figures that are shown."""
    t = words.t
    minutes = minutes_of(route["duration_s"]) - minutes_of(first["duration_s"])
    time = words.duration(abs(minutes) * 60)
    told = [
        _signed(minutes, t("walks.time.less", time=time), t("walks.time.same"), t("walks.time.more", time=time)),
        saved_words(words, first, route),
    ]
    met, before = route["cameras_in_view"], first["cameras_in_view"]
    if met + before > 0:
        count = abs(met - before)
        fewer, more = t("walks.cameras.fewer", count=count), t("walks.cameras.more", count=count)
        told.append(_signed(met - before, fewer, t("walks.cameras.same"), more))
    return t("walks.compare", told=", ".join(told))


def saved_words(words: Words, first: Record, route: Record) -> str:
    """Say how much less risk a walk has than the first one, in whole percent."""
    saved = rounded(1 - route["risk"] / first["risk"], 2) if first["risk"] > 0 else 0.0
    t, share = words.t, words.share(abs(saved))
    return _signed(-saved, t("walks.risk.less", share=share), t("walks.risk.same"), t("walks.risk.more", share=share))


def seen_words(words: Words, route: Record) -> str:
    """Say how much is in view; what is only assumed to be is not called so where no mapped camera sees the walk."""
    told = words.distance(route["in_view_m"])
    if route["in_view_m"] == 0:
        return words.t("ui.no_mapped_camera")
    return words.t("ui.in_view" if route["cameras_in_view"] else "ui.in_view.assumed", distance=told)


def short_words(words: Words, route: Record) -> str:
    """Say how likely a walk is recognised; where nothing is assumed of that, what is in view."""
    if route["recognition"]["high"] == 0:
        return seen_words(words, route)
    return words.t("walks.chance", chance=words.chance(route["recognition"]["default"]))


def range_words(words: Words, chance: Record) -> str:
    """Say a chance with its low and its high estimate."""
    return words.t("walks.range", **{name: words.chance(chance[name]) for name in ("default", "low", "high")})


def walk_words(words: Words, route: Record) -> list[str]:
    """Say what is known of a walk: what is in view, how likely it is recognised, and how far that is to be believed.

    Examples
    --------
    >>> from web.texts import words_in
    >>> none = {"low": 0.0, "default": 0.0, "high": 0.0, "unmapped": 0.0}
    >>> route = {"length_m": 840.0, "in_view_m": 0.0, "in_view_s": 0, "cameras_in_view": 0, "recognition": none,
    ...     "ends_in_view_m": 0.0, "enclosed_m": 0.0, "surveyed_share": 0.25}
    >>> print(*" ".join(walk_words(words_in("en"), route)).split())
    840 m, no mapped camera. Somebody looked for cameras on 25 % of this walk.
    """
    t, chance = words.t, route["recognition"]
    view = {"distance": words.distance(route["length_m"]), "seen": seen_words(words, route)}
    time = words.duration(route["in_view_s"])
    said = [t("walks.view", **view) if route["in_view_m"] == 0 else t("walks.view_time", **view, time=time)]
    if chance["high"] > 0:
        unmapped = words.chance(chance["unmapped"])
        said.append(t("walks.recognised", chance=range_words(words, chance), unmapped=unmapped))
        could = route["ranges"]["cameras_could_recognise"]
        if could["high"] > 0:
            said.append(t("walks.could", count=route["cameras_could_recognise"], low=could["low"], high=could["high"]))
        said.append(t("walks.assumed"))
    if route["surveyed_share"] is not None:
        said.append(t("walks.surveyed", share=words.share(route["surveyed_share"])))
    for what, metres in (("ends", route["ends_in_view_m"]), ("enclosed", route["enclosed_m"])):
        if metres >= 1:
            said.append(t(f"ui.caveat.{what}", distance=words.distance(metres)))
    return said


def _signed(number: float, less: str, same: str, more: str) -> str:
    return same if number == 0 else less if number < 0 else more


def camera_words(words: Words, camera: Record) -> dict[str, str]:
    """Say what is known of a camera, a feature's properties of the API.

    Returns
    -------
    dict
        ``kind``, ``looks`` (whither), ``age`` (of the record), ``word`` (whose), ``faces`` (does it recognise them).
    """
    t = words.t
    looks = _looks(words, camera)
    return {
        "kind": t(f"cameras.kind.{camera['kind'] if camera['kind'] in _KINDS else 'unknown'}"),
        "looks": f"{looks} {t('cameras.indoor')}" if camera["indoor"] else looks,
        "age": _age(words, camera),
        "word": _word(words, camera),
        "faces": t(f"cameras.faces.{camera['fr'] if camera['fr'] in {'yes', 'no'} else 'unknown'}"),
    }


def _looks(words: Words, camera: Record) -> str:
    if not camera["sectors"]:
        if camera["kind"] == "panning":
            return words.t("cameras.looks.turns")
        return words.t("cameras.looks.round") if camera["direction_known"] else words.t("cameras.looks.unknown")
    points = [_POINTS[int(rounded((start + sweep / 2) / 45)) % 8] for start, sweep in camera["sectors"]]
    directions = [words.t(f"steps.compass.{point}") for point in dict.fromkeys(points)]
    return words.t("cameras.looks.known", directions=words.series(directions))


def _age(words: Words, camera: Record) -> str:
    said = []
    if camera["last_seen"]:
        month = words.month(camera["last_seen"])
        on_map = camera["evidence"] == "osm"
        said.append(words.t("cameras.age.map", month=month) if on_map else words.t("cameras.age.seen", month=month))
    if camera["first_seen"] and camera["first_seen"] != camera["last_seen"]:
        said.append(words.t("cameras.age.first", month=words.month(camera["first_seen"])))
    return " ".join(said) or words.t("cameras.age.unknown")


def _word(words: Words, camera: Record) -> str:
    said = [words.t(f"cameras.word.{camera['evidence'] if camera['evidence'] in _EVIDENCE else 'unknown'}")]
    origin, colon, name = camera["source"].partition(":")
    if origin == "import" and colon:
        said.append(words.t("cameras.word.imported", name=name))
    if camera["status"] in _DOUBTS:
        said.append(words.t(f"cameras.status.{camera['status']}"))
    if camera["confirmations"] > 0:
        said.append(words.t("cameras.confirmations", count=camera["confirmations"]))
    return " ".join(said)
