"""A table of cameras, as cities publish them: the text of a CSV file in, its rows out.

The delimiter is found in the first line, which must name the columns. A position stands in two columns, or in one as
GeoJSON, as ``POINT (lon lat)`` or as ``lat, lon``.
"""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING, Final

from routing.errors import BadUsageError
from routing.import_rows import NOWHERE, Row, listed, position, refuse

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from routing.import_rows import Rules
    from routing.model import LonLat

_DELIMITERS: Final = ",;\t|"
# What lists call their columns, small letters.
_USUAL: Final = {
    "lat": ("lat", "latitude", "latitude_wgs84", "широта"),
    "lon": ("lon", "lng", "long", "longitude", "longitude_wgs84", "долгота"),
    "point": ("geodata", "geodata_center", "geo_point_2d", "the_geom", "geometry", "location", "point", "wkt"),
}
_N: Final = r"([-+]?[0-9]{1,3}(?:\.[0-9]{1,20})?)"
_LON_FIRST = (
    re.compile(rf"\s*\{{.{{0,200}}?coordinates\W{{1,6}}\[+\s*{_N}\s*,\s*{_N}\s*[\],].{{0,200}}", re.ASCII | re.DOTALL),
    re.compile(rf"\s*(?:SRID=4326;)?\s*POINT\s*\(\s*{_N}\s+{_N}\s*\)\s*", re.ASCII | re.IGNORECASE),
)
_LAT_FIRST = re.compile(rf"\s*\(?\s*{_N}\s*[,;]\s*{_N}\s*\)?\s*", re.ASCII)


def csv_rows(path: Path, data: bytes, rules: Rules) -> Iterator[Row]:
    r"""Read a table.

    Raises
    ------
    BadFileError
        If it is not text in the encoding that is given, has no header, or a quote is not closed.
    BadUsageError
        If a column is named that it does not have, or an encoding that is not known.

    Examples
    --------
    >>> from pathlib import Path
    >>> from routing.import_rows import Rules
    >>> rules = Rules(columns={"camera:direction": "AZIMUTH"})
    >>> [row.tags for row in csv_rows(Path("a.csv"), b"LAT;LON;AZIMUTH\n60,2;24,9;90\n", rules)]
    [{'camera:direction': '90'}]
    """
    text = _text(path, data, rules.encoding)
    table = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        head = [name.strip() for name in next(filter(None, table), [])]
        where = _where(path, head, rules)
        before = table.line_num
        for cells in table:
            line, before = before + 1, table.line_num
            if any(cell.strip() for cell in cells):
                yield _row(line, head, cells, where, rules)
    except csv.Error:
        raise refuse(path, "is no table here: a quote is not closed, or a cell is too long", table.line_num) from None


def _text(path: Path, data: bytes, encoding: str | None) -> str:
    wide = encoding is None and data.startswith((b"\xff\xfe", b"\xfe\xff"))  # as spreadsheets save "Unicode text"
    try:
        text = data.decode("utf-16" if wide else encoding or "utf-8")
    except LookupError:
        raise BadUsageError("--encoding is not known; write one like utf-8, cp1251 or latin-1") from None
    except UnicodeError as error:
        at = error.start if isinstance(error, UnicodeDecodeError) else 0
        hint = "name its encoding, like --encoding cp1251" if encoding is None else "it is in another encoding"
        raise refuse(path, f"is not text in {encoding or 'UTF-8'}; {hint}", data.count(b"\n", 0, at) + 1) from None
    if not text.strip():
        raise refuse(path, "is empty; a list of cameras is needed")
    return text


def _delimiter(text: str) -> str:
    head = re.split(r"[\r\n]", text.lstrip("\r\n"), maxsplit=1)[0]
    return max(_DELIMITERS, key=lambda sign: len(_split(head, sign)))


def _split(head: str, sign: str) -> list[str]:
    try:
        return next(csv.reader([head], delimiter=sign), [])
    except csv.Error:
        return []


def _where(path: Path, head: Sequence[str], rules: Rules) -> Mapping[str, str]:
    """Tell in which columns the position stands."""
    for theirs in filter(None, [*rules.columns.values(), rules.key]):
        if theirs not in head:
            raise BadUsageError(f"{path.name} has no column {theirs!r}; look at its first line")
    found = {ours: theirs for ours, theirs in rules.columns.items() if ours in _USUAL}
    if not found:
        low = {name.lower(): name for name in reversed(head)}
        for ours, names in _USUAL.items():
            for name in names:
                if name in low:
                    found.setdefault(ours, low[name])
    if "point" not in found and not {"lat", "lon"} <= found.keys():
        raise BadUsageError(
            f"{path.name}: which columns hold the position? name them: --column lat=NAME --column lon=NAME, "
            "or --column point=NAME"
        )
    return found


def _row(line: int, head: Sequence[str], cells: Sequence[str], where: Mapping[str, str], rules: Rules) -> Row:
    if len(cells) > len(head):
        return Row(line, wrong="has more cells than the first line; a comma in a number or a text needs quotes")
    values = {name: cell.strip() or None for name, cell in zip(head, cells, strict=False)}
    return listed(line, _position(values, where), values, rules)


def _position(values: Mapping[str, str | None], where: Mapping[str, str]) -> LonLat | str:
    if {"lat", "lon"} <= where.keys():
        return position(values.get(where["lon"]), values.get(where["lat"]))
    text = values.get(where["point"]) or ""
    for pattern in _LON_FIRST:
        if match := pattern.fullmatch(text):
            return position(match[1], match[2])
    if match := _LAT_FIRST.fullmatch(text):
        return position(match[2], match[1])
    return NOWHERE
