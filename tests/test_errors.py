"""The tree of failures: as it is drawn, each with a code of its own."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

import routing.errors
from routing.errors import AmbiguousError, BadLinkError, BadPositionError, SidestepError, UnknownPlaceError
from routing.model import LonLat, Place
from routing.places import find
from routing.points import parse_point

if TYPE_CHECKING:
    from collections.abc import Iterator

ROW = re.compile(
    r"^ {4}(?P<lines>[│├└─ ]*)(?P<name>\w+Error) +(?:(?P<code>[a-z-]+) +(?P<exit>\d)|code +exit)", re.MULTILINE
)


def tree(error: type[SidestepError] = SidestepError, depth: int = 0) -> Iterator[tuple[int, str, str, int]]:
    yield depth, error.__name__, error.code, error.exit_code
    for kind in [kind for kind in error.__subclasses__() if kind.__module__ == "routing.errors"]:
        yield from tree(kind, depth + 1)


def test_tree_when_drawn_in_the_docstring_then_it_is_the_one_of_the_classes() -> None:
    drawn = [
        (len(row["lines"]) // 3, row["name"], row["code"] or "error", int(row["exit"] or 1))
        for row in ROW.finditer(routing.errors.__doc__ or "")
    ]
    assert sorted(drawn) == sorted(tree())


def test_codes_when_compared_then_each_is_a_slug_of_its_own() -> None:
    codes = [code for _, _, code, _ in tree()]
    assert len(set(codes)) == len(codes)
    assert all(re.fullmatch("[a-z]+(-[a-z]+)*", code) for code in codes)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("91,24", BadPositionError),
        ("60.17,nan", BadPositionError),
        ("https://maps.app.goo.gl/abc", BadLinkError),
        ("https://example.org/60.17,24.94", BadLinkError),
    ],
)
def test_parse_point_when_nothing_can_be_read_then_the_error_says_which_kind(
    text: str, error: type[SidestepError]
) -> None:
    with pytest.raises(error):
        parse_point(text)


def test_find_when_a_name_is_unknown_or_not_clear_then_each_has_its_own_error() -> None:
    places = [Place(("Kamppi",), kind, LonLat(24.9 + at / 10, 60.1)) for at, kind in enumerate(("shop", "shop"))]
    with pytest.raises(UnknownPlaceError):
        find(places, "Kallio")
    with pytest.raises(AmbiguousError):
        find(places, "Kamppi")
