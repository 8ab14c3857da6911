"""Every number of the exposure model, with its source, for a low, a default and a high estimate of the risk.

In: nothing, or a TOML file that replaces some of them. Out: a :class:`Model`, three columns of the same numbers. What a
number rests on is said in its ``basis``: ``S`` from a source, ``M`` measured, ``A`` an assumption.
"""

from __future__ import annotations

import math
import tomllib
from dataclasses import dataclass, fields
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

from routing.errors import BadFileError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

COLUMNS: Final = ("low", "default", "high")


class Parameter(NamedTuple):
    """One row of the table: the least risky value, the one that is used, the riskiest."""

    low: float
    default: float
    high: float
    unit: str
    basis: str  # S, M or A
    source: str
    least: float = 0.0  # what a model file may say at least and at most
    most: float = math.inf


def _same(value: float, unit: str, basis: str, source: str, least: float = 0.0, most: float = math.inf) -> Parameter:
    return Parameter(value, value, value, unit, basis, source, least, most)


_SHARE: Final = 1.0
# The order is that of exposure-model.md, section 2, then of the sections that follow.
TABLE: Final[Mapping[str, Parameter]] = {
    "ppm50": Parameter(
        400.0, 250.0, 125.0, "px/m", "S", "EN 62676-4: 250 px/m to identify a person", least=10.0, most=5000.0
    ),
    "ppm95": Parameter(
        600.0, 500.0, 250.0, "px/m", "S", "NTechLab FindFace Security asks for 500 px/m", least=10.0, most=5000.0
    ),
    "yaw_deg": Parameter(
        30.0, 45.0, 90.0, "degrees", "S", "NTech 30, AWS Rekognition and VisionLabs 45, SAFR 90", most=180.0
    ),
    "yaw_sigma_deg": _same(15.0, "degrees", "A", "how far a face strays from the walk", least=0.1, most=90.0),
    "pitch_deg": Parameter(
        15.0, 30.0, 45.0, "degrees", "S", "NTech and Axxon 15, AWS and Grimmer (arXiv 2303.00491) 30", most=90.0
    ),
    "pitch_sigma_deg": _same(7.5, "degrees", "A", "how fast recognition fails beyond that", least=0.1, most=90.0),
    "face_height_m": _same(1.6, "m", "S", "NTechLab's documentation", least=0.5, most=2.5),
    "camera_height_m": _same(5.0, "m", "S", "PanoptiCity's default", least=1.5, most=12.0),
    "entrance_height_m": _same(2.5, "m", "A", "above a door", least=1.5, most=12.0),
    "walk_speed_mps": Parameter(1.8, 1.4, 1.1, "m/s", "A", "most adults", least=0.2, most=5.0),
    "match_time_s": Parameter(
        4.0, 1.0, 0.5, "s", "A", "mean time to a match in perfect view; no source found", least=0.01, most=1000.0
    ),
    "hit_rate": Parameter(
        0.5, 0.85, 0.95, "", "S", "Met/SWP NPL 2023 89 %, Berlin Südkreuz 84.9 %, NIST FIVE 60-99 %", most=_SHARE
    ),
    "night_factor": _same(
        1.0,
        "",
        "S",
        "0.1/0.6 in Mainz 2007 on unlit streets; modern infra-red light is not known, so none",
        most=_SHARE,
    ),
    "connected_city": Parameter(0.5, 0.5, 1.0, "", "A", "share of a city's cameras that recognise faces", most=_SHARE),
    "connected_state": Parameter(0.5, 0.5, 1.0, "", "A", "share of other public cameras", most=_SHARE),
    "connected_private": Parameter(0.1, 0.1, 1.0, "", "A", "share of private cameras, or nobody knows", most=_SHARE),
    "connected_traffic": Parameter(0.05, 0.05, 1.0, "", "A", "number plates, speed, lights", most=_SHARE),
    "existence_first": _same(0.9, "", "A", "that a camera on record was there that month", least=0.01, most=0.999),
    "half_life_years": _same(8.0, "years", "S", "IPVM: systems are replaced after 7, a mount outlives them", least=0.1),
    "there_if_there": _same(0.9, "", "A", "chance that a camera that stands is reported", least=0.01, most=0.999),
    "there_if_gone": _same(0.05, "", "A", "chance that one that is gone is reported as there", least=0.001, most=0.999),
    "gone_if_there": _same(0.1, "", "A", "chance that one that stands is reported as gone", least=0.001, most=0.999),
    "gone_if_gone": _same(0.95, "", "A", "chance that one that is gone is reported as gone", least=0.01, most=0.999),
    "single_report": _same(
        0.25, "", "A", "of a camera that one report or list tells of and nobody has confirmed", least=0.01, most=_SHARE
    ),
    "existence_least": _same(0.05, "", "A", "what is on record is never nothing", least=0.001, most=0.9),
    "recognises_from": _same(0.05, "", "A", "a chance from which a camera could recognise you", least=0.001, most=1.0),
    "import_sigma_m": _same(5.0, "m", "A", "how far points of a city's list lie off", most=50.0),
}


class Class(NamedTuple):
    """What the cameras of one class see, as three equally likely lenses."""

    pixels: tuple[float, float, float]  # K, image width in pixels over twice the tangent of half the field of view
    field_deg: tuple[float, float, float]
    reach_m: float  # beyond which nothing is looked for


# Quantiles 1/6, 1/2 and 5/6 of 15,220 camera models in PanoptiCity docs/AllCamerasList.ods @da61884, focal length even
# in its logarithm between the ends of a zoom [M: models, not sales]. Entrance cameras recognise a face from 1 to 2 m
# (Moscow's IT department, iemag.ru 25538) [S].
CLASSES: Final[Mapping[str, Class]] = {
    "fixed": Class((1280.0, 2068.0, 4574.0), (78.0, 63.0, 31.0), 60.0),
    "dome": Class((1116.0, 1754.0, 3442.0), (81.0, 71.0, 40.0), 45.0),
    "panning": Class((2317.0, 6937.0, 25288.0), (47.0, 16.0, 5.0), 111.0),  # as far as it has one in view
    "panorama": Class((679.0, 679.0, 679.0), (125.0, 125.0, 125.0), 45.0),
    "entrance": Class((1000.0, 1000.0, 1000.0), (90.0, 90.0, 90.0), 30.0),
}


@dataclass(frozen=True, slots=True)
class Values:
    """One column of the table; the attributes are its rows."""

    ppm50: float
    ppm95: float
    yaw_deg: float
    yaw_sigma_deg: float
    pitch_deg: float
    pitch_sigma_deg: float
    face_height_m: float
    camera_height_m: float
    entrance_height_m: float
    walk_speed_mps: float
    match_time_s: float
    hit_rate: float
    night_factor: float
    connected_city: float
    connected_state: float
    connected_private: float
    connected_traffic: float
    existence_first: float
    half_life_years: float
    there_if_there: float
    there_if_gone: float
    gone_if_there: float
    gone_if_gone: float
    single_report: float
    existence_least: float
    recognises_from: float
    import_sigma_m: float

    @property
    def resolution_slope(self) -> float:
        """Give the exponent that makes recognition likely at 95 % where it is at ``ppm95``."""
        return math.log(19.0) / math.log(self.ppm95 / self.ppm50)


@dataclass(frozen=True, slots=True)
class Model:
    """The three columns."""

    low: Values
    default: Values
    high: Values

    def rows(self) -> dict[str, tuple[float, float, float]]:
        """Give the three values of each row."""
        return {
            row.name: (getattr(self.low, row.name), getattr(self.default, row.name), getattr(self.high, row.name))
            for row in fields(Values)
        }

    def columns(self) -> Iterator[Values]:
        """Give the three columns from the least to the riskiest."""
        return iter((self.low, self.default, self.high))


# Rows that are not the same everywhere: country, or country/city -> rows (low, default, high).
REGIONS: Final[Mapping[str, Mapping[str, tuple[float, float, float]]]] = {
    # 213,000 cameras in the city's store can be searched for faces (Kommersant) [A guided by S]
    "RU/Moscow": {"connected_city": (0.9, 0.9, 1.0)},
}


def model(changes: Mapping[str, object] | None = None, *, region: str = "") -> Model:
    """Make a model out of the table, the rows of a region and changes to them.

    Parameters
    ----------
    changes
        Row -> one number for all columns, or a list of three: low, default, high.
    region
        A key of ``REGIONS``; ``""`` and unknown ones have no rows of their own.

    Raises
    ------
    BadFileError
        If a change names no row or is out of its bounds, or two rows cannot both be true.

    Examples
    --------
    >>> model().default.ppm50, model(region="RU/Moscow").default.connected_city
    (250.0, 0.9)
    """
    rows: dict[str, tuple[float, float, float]] = {
        name: (row.low, row.default, row.high) for name, row in TABLE.items()
    }
    rows |= REGIONS.get(region, {})
    for name, value in (changes or {}).items():
        rows[name] = _changed(name, value)
    low, default, high = (Values(**{name: row[at] for name, row in rows.items()}) for at in range(len(COLUMNS)))
    if any(column.ppm95 <= column.ppm50 for column in (low, default, high)):
        raise BadFileError("ppm95 must be more than ppm50: more pixels never recognise less")
    return Model(low, default, high)


def _changed(name: str, value: object) -> tuple[float, float, float]:
    if name not in TABLE:
        raise BadFileError(f"no parameter is called {name}; they are listed in the README (known: {', '.join(TABLE)})")
    row = TABLE[name]
    given = list(value) if isinstance(value, list | tuple) else [value] * len(COLUMNS)
    numbers = [float(one) for one in given if isinstance(one, int | float) and not isinstance(one, bool)]
    if not len(given) == len(numbers) == len(COLUMNS) or not all(map(math.isfinite, numbers)):
        raise BadFileError(f"{name} must be one number, or three in a list: low, default, high")
    if not all(row.least <= one <= row.most for one in numbers):
        raise BadFileError(f"{name} must lie between {row.least:g} and {row.most:g} {row.unit}".rstrip())
    if name in _NEVER_ZERO and not all(one > 0 for one in numbers):
        raise BadFileError(f"{name} must be more than 0")
    low, default, high = numbers
    falls = row.low > row.high  # for some rows less is riskier
    if row.low != row.high and not (low >= default >= high if falls else low <= default <= high):
        order = "from the most to the least" if falls else "from the least to the most"
        raise BadFileError(f"{name} must go {order}: low is the least risky")
    return low, default, high


_NEVER_ZERO: Final = frozenset({"ppm50", "ppm95", "walk_speed_mps", "match_time_s", "half_life_years"})


# Rows that stand for one thing that is not known: they are high together or low together.
_ONE_GUESS: Final = {
    "ppm95": "ppm50",
    "connected_state": "connected_city",
    "connected_private": "connected_city",
    "connected_traffic": "connected_city",
}


def together(whole: Model) -> Model:
    """Give the low and the high column that numbers are told by: what is believable of all rows at once.

    That every row is at its low end at once is not: the rows are guesses of different things. So each goes, by ratio,
    the n-th part of the way to its end, n being the square root of how many guesses there are; where effects multiply
    and are alike, what comes out is the root of the sum of the squares of them all.

    Examples
    --------
    >>> told = together(model())
    >>> round(told.low.match_time_s, 2), told.default.match_time_s, round(told.high.match_time_s, 2)
    (1.69, 1.0, 0.77)
    """
    rows = [row.name for row in fields(Values)]
    middle = {name: getattr(whole.default, name) for name in rows}
    sides = [{name: getattr(side, name) for name in rows} for side in (whole.low, whole.high)]
    guesses = {_ONE_GUESS.get(name, name) for side in sides for name in rows if side[name] != middle[name]}
    share = 1.0 / math.sqrt(max(len(guesses), 1))
    low, high = (Values(**{name: _moved(middle[name], side[name], share) for name in rows}) for side in sides)
    return Model(low, whole.default, high)


def _moved(start: float, end: float, share: float) -> float:
    if start == end or start <= 0.0 or end <= 0.0:
        return end if start == end else start + share * (end - start)
    return float(start * (end / start) ** share)


class ModelFile(NamedTuple):
    """What a file changes of the model; kept in the manifest of the areas that are built with it."""

    rows: Mapping[str, tuple[float, float, float]] = MappingProxyType({})  # low, default, high
    region: str | None = None  # None: by the place
    town: str | None = None  # the kind of town for cameras that nobody mapped (routing/prior/towns.py); None: same


AS_IT_IS: Final = ModelFile()


def read_model(path: Path) -> ModelFile:
    """Read a model file: TOML with rows of the table, and ``region`` and ``town`` if it likes.

    Raises
    ------
    BadFileError
        If it cannot be read, or says what cannot be.

    Examples
    --------
    A file of two lines::

        region = "RU/Moscow"
        match_time_s = [4.0, 2.0, 0.5]
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadFileError(f"{path}: cannot be read ({error.strerror})") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadFileError(f"{path}: is not TOML ({error})") from error
    region, town = content.pop("region", None), content.pop("town", None)
    if region is not None and not (isinstance(region, str) and region in REGIONS):
        raise BadFileError(f"{path}: no region has rows of that name; there are: {', '.join(REGIONS)}")
    if town is not None and not isinstance(town, str):
        raise BadFileError(f"{path}: town must be a word")
    try:
        model(content, region=region or "")
        return ModelFile({name: _changed(name, value) for name, value in content.items()}, region, town)
    except BadFileError as error:
        raise BadFileError(f"{path}: {error}") from error
