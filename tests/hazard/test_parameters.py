"""The table of the model: typed, bounded, sourced; a file that cannot be is told in one line."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

import pytest

from routing.errors import BadFileError
from routing.hazard.parameters import CLASSES, REGIONS, TABLE, ModelFile, Values, model, read_model, together

if TYPE_CHECKING:
    from pathlib import Path


def test_table_when_read_then_every_row_is_a_field_with_a_source_and_its_columns_within_bounds() -> None:
    assert [field.name for field in fields(Values)] == list(TABLE)
    for name, row in TABLE.items():
        assert row.basis in {"S", "M", "A"}, name
        assert row.source, name
        assert all(row.least <= value <= row.most for value in row[:3]), name
    for rows in REGIONS.values():
        assert rows.keys() <= TABLE.keys()
    assert all(len(kind.pixels) == len(kind.field_deg) == 3 for kind in CLASSES.values())


def test_model_when_made_then_the_columns_are_those_of_the_table() -> None:
    made = model()
    for name, row in TABLE.items():
        assert tuple(getattr(column, name) for column in made.columns()) == row[:3]
    assert model(region="RU/Moscow").default.connected_city == 0.9
    assert model(region="nowhere") == made


def test_file_when_read_then_its_rows_and_region_count_and_are_named(tmp_path: Path) -> None:
    path = tmp_path / "model.toml"
    path.write_text('region = "RU/Moscow"\nmatch_time_s = [4.0, 2, 0.5]\nhit_rate = 0.7\n', encoding="utf-8")
    told = read_model(path)
    assert told == ModelFile({"match_time_s": (4.0, 2.0, 0.5), "hit_rate": (0.7, 0.7, 0.7)}, "RU/Moscow", None)
    made = model(told.rows, region=told.region or "")
    assert [column.match_time_s for column in made.columns()] == [4.0, 2.0, 0.5]
    assert [column.hit_rate for column in made.columns()] == [0.7, 0.7, 0.7]
    assert made.default.connected_city == 0.9


def test_together_when_many_rows_are_guesses_then_each_goes_a_part_of_the_way() -> None:
    whole = model()
    told = together(whole)
    assert told.default == whole.default
    for name in TABLE:
        low, middle, high = (getattr(column, name) for column in whole.columns())
        part_low, _, part_high = (getattr(column, name) for column in told.columns())
        assert min(low, middle) <= part_low <= max(low, middle)
        assert min(high, middle) <= part_high <= max(high, middle)
        assert (part_low == middle) == (low == middle)
    # where one guess alone is open, it goes all the way
    fixed = {name: row.default for name, row in TABLE.items() if name != "match_time_s"}
    alone = model(fixed)
    assert [column.match_time_s for column in together(alone).columns()] == pytest.approx([4.0, 1.0, 0.5])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("match_tim_s = 1", "no parameter is called match_tim_s"),
        ("hit_rate = 1.5", "hit_rate must lie between 0 and 1"),
        ("hit_rate = -0.1", "hit_rate must lie between 0 and 1"),
        ("match_time_s = 0", "match_time_s must lie between 0.01"),
        ("hit_rate = [0.1, 0.2]", "hit_rate must be one number, or three in a list"),
        ("hit_rate = nan", "hit_rate must be one number, or three in a list"),
        ('hit_rate = "much"', "hit_rate must be one number, or three in a list"),
        ("hit_rate = true", "hit_rate must be one number, or three in a list"),
        ("ppm50 = 600", "ppm95 must be more than ppm50"),
        ("half_life_years = 0", "half_life_years must"),
        ('region = "Atlantis"', "no region has rows of that name; there are: RU/Moscow"),
        ("hit_rate = [0.9, 0.5, 0.1]", "hit_rate must go from the least to the most"),
        ("ppm50 = [100, 200, 300]", "ppm50 must go from the most to the least"),
        ("region = 7", "no region has rows of that name"),
        ("region = [1]", "no region has rows of that name"),
        ("town = 7", "town must be a word"),
        ("hit_rate = ", "is not TOML"),
        ("[hit_rate]\na = 1", "hit_rate must be one number"),
    ],
)
def test_file_when_it_cannot_be_then_one_line_says_what_and_where(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "model.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadFileError, match=r"model\.toml") as raised:
        read_model(path)
    assert said in str(raised.value)
    assert "\n" not in str(raised.value)


def test_file_when_it_is_not_there_or_no_text_then_told(tmp_path: Path) -> None:
    with pytest.raises(BadFileError, match="cannot be read"):
        read_model(tmp_path / "none.toml")
    (tmp_path / "odd.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(BadFileError, match="is not TOML"):
        read_model(tmp_path / "odd.toml")
