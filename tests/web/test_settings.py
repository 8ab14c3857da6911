"""Settings: each documented, each read, each bounded."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from routing.errors import BadUsageError
from web.settings import LIMITS, Settings, settings_of

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
NAMES = [row.name for row in fields(Settings)]


@pytest.mark.parametrize("name", NAMES)
def test_setting_when_it_exists_then_documented_and_bounded(name: str) -> None:
    assert re.search(rf"^    (?:\w+, )*{name}$", Settings.__doc__ or "", re.MULTILINE)
    assert name in LIMITS


@pytest.mark.parametrize("name", NAMES)
def test_readme_when_it_lists_the_settings_then_none_is_missing(name: str) -> None:
    default = getattr(Settings(planners=1), name)
    row = re.search(rf"^\| `SIDESTEP_{name.upper()}` \| ([^|]+) \|", README, re.MULTILINE)
    assert row is not None
    expected = str(int(default)) if float(default).is_integer() else f"{default:g}"
    assert name == "planners" or row[1].strip() == expected


@pytest.mark.parametrize("name", NAMES)
def test_setting_when_it_stands_in_the_environment_then_read(name: str) -> None:
    low, high = LIMITS[name]
    assert getattr(settings_of({f"SIDESTEP_{name.upper()}": str(low)}), name) == low
    for wrong in (str(high + 1), str(low - 1), "many", "nan"):
        with pytest.raises(BadUsageError):
            settings_of({f"SIDESTEP_{name.upper()}": wrong})
    assert settings_of({f"SIDESTEP_{name.upper()}": " "}) == Settings()


def test_settings_when_nothing_is_told_then_one_planner_a_core() -> None:
    assert settings_of({}).planners >= 1
