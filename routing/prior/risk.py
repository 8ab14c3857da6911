"""Sites in; out, the risk of every line by cameras that nobody mapped, walked either way: the structural prior.

Unmapped cameras are taken to hang at sites independently, their number Poisson; so the risk of a line is the sum over
sites of the expected number times the chance that a camera there recognises who walks the line, and the risk of a walk
is the sum of its lines' (exposure-model.md, section 4; a camera that sees several lines counts on each, which is a few
per cent too much). Walls and the walking direction count as for mapped cameras, for it is the same kernel.

What is on the map counts once: of a group's total, what is mapped is taken off over the whole area, not in its block,
so that a block which nobody surveyed gets no discount for having cameras on the map; what remains is never nothing
(``counts``). Where somebody looked, the block's number follows from what is on record there (Gamma-Poisson), and what a
look misses remains.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from routing.hazard.eyes import eyes_of
from routing.hazard.hazards import rate_of
from routing.hazard.lenses import connected, optics_of
from routing.hazard.parameters import COLUMNS, Parameter
from routing.hazard.rates import expose
from routing.model import LonLat
from routing.prior.counts import counted, on_record, total_given
from routing.prior.sites import expected_of
from routing.prior.towns import GROUPS
from routing.surveys import surveyed_sections

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from routing.graph import WalkGraph
    from routing.hazard.parameters import Model, Values
    from routing.hazard.rates import Lines
    from routing.hazard.walls import Walls
    from routing.model import Camera, Survey
    from routing.prior.sites import Sites
    from routing.prior.towns import Town

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int32]

TABLE: Final[Mapping[str, Parameter]] = {
    "found_per_look": Parameter(
        0.46, 0.35, 0.24, "", "S",
        "Amnesty, Decode Surveillance NYC: a volunteer finds 24-46 % of the cameras on buildings; on foot not known",
    ),
    "blocks_alike": Parameter(2.0, 2.0, 2.0, "", "A", "the prior weighs as much as this many cameras found in a block"),
    "elsewhere": Parameter(
        0.05, 0.05, 0.05, "", "M", "share of the risk that comes from where no site is: nowhere is it 0; more makes "
        "no walk better and claims more than is true (table_prior.py, table_hidden.py)",
    ),
    "enclosed_per_m": Parameter(
        0.005, 0.02, 0.05, "cameras/m", "A", "one each 200, 50, 20 m of corridor; no source found"
    ),
    "enclosed_chance": Parameter(
        0.05, 0.2, 0.5, "", "A", "that one recognises who passes, between a lens across and one along the way [M]; "
        "with this a metre of corridor counts about as a metre in view of one camera does outdoors",
    ),
}  # fmt: skip
"""Every number of the prior that is not of its towns or sites."""

_DEFAULT: Final = COLUMNS.index("default")
_HIGH: Final = COLUMNS.index("high")
_SAMPLE: Final = (
    3000  # about so many sites are looked at for the low and the high estimate: a ratio of sums needs no more
)
_REACH_M: Final = 45.0  # beyond, 2 % of the hazard of fixed cameras whose lens is not known [M]; a fifth of the time


class Chances(NamedTuple):
    """What a camera at a site would do on a line; a row for each pair, by site, then line."""

    site: Ints  # [row]
    line: Ints  # [row]
    chance: Floats  # [row, 2] that it recognises who walks the line forwards, backwards


class Effort(NamedTuple):
    """How well each block was searched."""

    share: Floats  # [block] of its walkable metres on which somebody looked, 0…1
    found: Floats  # [block] chance that a camera beside them was found, over all its metres, 0…share


@dataclass(frozen=True, slots=True)
class Prior:
    """The risk by cameras that nobody mapped.

    Attributes
    ----------
    risk
        float64 [line, 2], -ln(1 - p), forwards and backwards. Adds up along a walk.
    factor
        float64 [line, 2], what to multiply the risk of a line by for the low and the high estimate.
    expected
        float64 [site], unmapped cameras.
    total
        Unmapped cameras on open ways in the area: low, default, high.
    open_factor, enclosed_factor
        ``factor`` of all open and of all enclosed lines.
    enclosed_per_m
        Risk of a metre of an enclosed line.
    """

    risk: Floats
    factor: Floats
    expected: Floats
    total: tuple[float, float, float]
    open_factor: tuple[float, float]
    enclosed_factor: tuple[float, float]
    enclosed_per_m: float


def prior_of(
    sites: Sites,
    town: Town,
    lines: Lines,
    walls: Walls,
    model: Model,
    *,
    mapped: Sequence[Camera] = (),
    effort: Effort | None = None,
    elsewhere: float = TABLE["elsewhere"].default,
) -> Prior:
    """Work out the risk of lines by cameras that nobody mapped.

    Parameters
    ----------
    sites
        See :func:`routing.prior.sites.sites_of`.
    town
        What the area is taken to hold, see :func:`routing.prior.towns.town_at`.
    lines, walls, model
        As for mapped cameras. The default column is computed at every site, the low and the high one at some 3000
        evenly among them: the factors of open lines are ratios of sums over those; how many cameras
        there are is one guess, what each of them does another.
    mapped
        Cameras on record.
    effort
        See :func:`effort_of`; ``None`` where nobody told of a survey.
    elsewhere
        Share of the risk that is the same on every open metre, 0…1.
    """
    unlooked, looked = _unmapped(sites, town, mapped, effort)
    expected = unlooked * looked[:, sites.block]
    default = chances_of(sites, town, lines, walls, model.default, wanted=unlooked[_DEFAULT] > 0.0)
    risk = _spread(default, unlooked[_DEFAULT], looked[_DEFAULT], sites, lines, elsewhere)
    sampled = _every_nth(unlooked[_DEFAULT] > 0.0)
    by_count = (default.chance.sum(axis=1) * (expected * sampled)[:, default.site]).sum(axis=1)
    by_model, shut = np.zeros(len(COLUMNS)), enclosed_rates(town, model)
    for at, values in enumerate(model.columns()):
        part = default if at == _DEFAULT else chances_of(sites, town, lines, walls, values, wanted=sampled)
        by_model[at] = (part.chance.sum(axis=1) * (expected[_DEFAULT] * sampled)[part.site]).sum()
    length_m = np.bincount(lines.pieces.line, lines.pieces.length_m, minlength=len(risk))
    risk[lines.enclosed] = (shut[_DEFAULT] * length_m[lines.enclosed])[:, None]
    factors = np.stack([_either(factors_of(by_count), factors_of(by_model)), factors_of(shut)])
    low, middle, high = expected.sum(axis=1).tolist()
    of_open, of_enclosed = ((float(one[0]), float(one[1])) for one in factors)
    return Prior(
        risk, factors[lines.enclosed.astype(np.int8)], expected[_DEFAULT], (low, middle, high),
        of_open, of_enclosed, float(shut[_DEFAULT]),
    )  # fmt: skip


def chances_of(
    sites: Sites, town: Town, lines: Lines, walls: Walls, values: Values, *, wanted: NDArray[np.bool_] | None = None
) -> Chances:
    """Compute the chance that a camera at each site recognises who walks a line: it is there, connected or not.

    Parameters
    ----------
    sites, town, lines, walls
        See :func:`prior_of`.
    values
        A column of the model.
    wanted
        bool [site], those to look at; ``None`` for all.
    """
    found = []
    for code, group in enumerate(GROUPS):
        chosen = np.flatnonzero((sites.group == code) & (True if wanted is None else wanted))
        if len(chosen):
            found.append(_chances(chosen.astype(np.int32), group, sites, town, lines, walls, values))
    if not found:
        none = np.zeros(0, dtype=np.int32)
        return Chances(none, none, np.zeros((0, 2)))
    site, line, chance = (np.concatenate([part[at] for part in found]) for at in range(3))
    order = np.lexsort((line, site))
    return Chances(site[order].astype(np.int32), line[order].astype(np.int32), chance[order])


def unmapped_of(sites: Sites, town: Town, mapped: Sequence[Camera] = (), effort: Effort | None = None) -> Floats:
    """Give how many unmapped cameras are expected at each site, float64 [3, site]: low, default, high."""
    unlooked, looked = _unmapped(sites, town, mapped, effort)
    expected: Floats = unlooked * looked[:, sites.block]
    return expected


def effort_of(graph: WalkGraph, lines: Lines, sites: Sites, surveys: Sequence[Survey]) -> Effort:
    """Work out how well each block was searched.

    Looks of different months are independent; those of one month count once.

    Parameters
    ----------
    graph, lines
        The lines are the sections of the graph, in its order.
    sites
        Whose blocks are meant.
    surveys
        Lines along which somebody looked.
    """
    months: dict[str, list[Survey]] = defaultdict(list)
    for survey in surveys:
        months[survey.month].append(survey)
    missed, unseen = np.ones(graph.section_count), np.ones(graph.section_count)
    for month in sorted(months):
        share = surveyed_sections(graph, months[month])
        missed *= 1.0 - TABLE["found_per_look"].default * share
        unseen = np.minimum(unseen, 1.0 - share)
    pieces, count = lines.pieces, sites.blocks.size
    block = sites.blocks.of(pieces.lonlat)
    whole = np.maximum(np.bincount(block, pieces.length_m, minlength=count), 1e-9)
    share, found = (
        np.bincount(block, pieces.length_m * (1.0 - part)[pieces.line], minlength=count) / whole
        for part in (unseen, missed)
    )
    return Effort(share, np.minimum(found, share))


def _unmapped(sites: Sites, town: Town, mapped: Sequence[Camera], effort: Effort | None) -> tuple[Floats, Floats]:
    """Give the unmapped cameras of each site as if nobody had looked, and what looking makes of them in each block.

    Returns
    -------
    (numpy.ndarray, numpy.ndarray)
        float64 [3, site] and [3, block].
    """
    group, lonlat = on_record(mapped, sites)
    thought: Floats = np.stack(
        [np.bincount(sites.group, row, minlength=len(GROUPS)) for row in expected_of(sites, town)], dtype=np.float64
    )
    # beyond the range more on the map tells no more of what is not: else a heap of made-up cameras in one corner would
    # raise the risk of the whole town
    recorded = np.minimum(counted(group, thought[_DEFAULT]), thought[_HIGH])
    total = total_given(thought, recorded)
    heavy = np.bincount(sites.group, sites.weight, minlength=len(GROUPS))
    share = sites.weight / np.maximum(heavy[sites.group], 1e-12)
    unlooked = (total - recorded)[:, sites.group] * share
    looked = np.ones((len(COLUMNS), sites.blocks.size))
    if effort is None:
        return unlooked, looked
    here = np.bincount(sites.blocks.of(lonlat), minlength=sites.blocks.size) * effort.share
    alike = TABLE["blocks_alike"].default
    for column, of_column in enumerate(total):
        known = recorded.sum() / max(float(of_column.sum()), 1e-12)
        recorded_share = effort.found + known * (effort.share - effort.found)
        in_block = np.bincount(sites.block, of_column[sites.group] * share, minlength=sites.blocks.size)
        looked[column] = (alike + here) / (alike + in_block * recorded_share) * (1.0 - effort.found)
    return unlooked, looked


def _spread(default: Chances, unlooked: Floats, looked: Floats, sites: Sites, lines: Lines, elsewhere: float) -> Floats:
    """Add up the risk of lines, float64 [line, 2]: most of it from sites, the rest the same on every open metre."""
    pieces = lines.pieces
    at_sites, whole = (np.zeros((len(lines.enclosed), 2)) for _ in range(2))
    each = unlooked[default.site][:, None] * default.chance
    np.add.at(whole, default.line, each)
    np.add.at(at_sites, default.line, each * looked[sites.block[default.site]][:, None])
    open_m = np.where(lines.enclosed[pieces.line], 0.0, pieces.length_m)
    per_m = whole.sum() / 2.0 / max(float(open_m.sum()), 1e-9)  # the mean of both directions
    even = np.bincount(pieces.line, open_m * looked[sites.blocks.of(pieces.lonlat)], minlength=len(whole)) * per_m
    risk: Floats = (1.0 - elsewhere) * at_sites + elsewhere * even[:, None]
    return risk


def _chances(
    chosen: Ints, group: str, sites: Sites, town: Town, lines: Lines, walls: Walls, values: Values
) -> tuple[Ints, Ints, Floats]:
    """Look out of the sites of one group: site, line, chance."""
    cameras = [
        town.camera(group, LonLat(*at), number)
        for number, at in zip(chosen.tolist(), sites.lonlat[chosen].tolist(), strict=True)
    ]
    placed = eyes_of(cameras, values, walls)
    # what is in view is not asked, which saves half of the looking
    search_m = np.minimum(placed.eyes.search_m, _REACH_M)
    eyes = placed.eyes._replace(view_m=np.zeros_like(search_m), search_m=search_m)
    lenses = int(np.diff(eyes.lens_start)[0])  # the same tags have the same lenses
    rows, _ = expose(eyes, lines, walls, rate_of(values), lenses)
    eye, line = rows[:, 0].astype(np.int32), rows[:, 1].astype(np.int32)
    hidden = placed.hidden.reshape(-1, lenses)[eye] / lenses
    chance = (hidden[..., None] * -np.expm1(-rows[:, 2:].reshape(-1, lenses, 2))).sum(axis=1)
    sure = _connected(town, group, values) * values.hit_rate * values.night_factor
    return chosen[placed.camera[eye]], line, sure * chance


def _connected(town: Town, group: str, values: Values) -> float:
    """Give the share of a group's cameras that are connected to face recognition."""
    optics = optics_of(town.camera(group, LonLat(0.0, 0.0)), values)
    return 0.0 if optics is None else connected(optics.owner, values)


def enclosed_rates(town: Town, model: Model) -> Floats:
    """Give the risk of a metre of corridor, underpass or platform, float64 [3]: low, default, high.

    It is never nothing, whatever is assumed of the open street. How many cameras hang there, how likely one recognises,
    and how many are connected are three guesses: their ranges are put together as the root of the sum of the squares.
    """
    guesses = np.array([
        [getattr(TABLE["enclosed_per_m"], name) for name in COLUMNS],
        [getattr(TABLE["enclosed_chance"], name) for name in COLUMNS],
        [values.hit_rate * _connected(town, "mass", values) for values in model.columns()],
    ])  # fmt: skip
    middle = float(guesses[:, _DEFAULT].prod())
    size = np.hypot.reduce(np.log(np.maximum(guesses, 1e-12) / np.maximum(guesses[:, [_DEFAULT]], 1e-12)), axis=0)
    rates: Floats = middle * np.exp(np.array([-1.0, 0.0, 1.0]) * size)
    return rates


def _every_nth(wanted: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Choose about ``_SAMPLE`` of the sites that are wanted, spread evenly; sites lie in the order of place."""
    chosen = np.zeros_like(wanted)
    at = np.flatnonzero(wanted)
    chosen[at[:: max(len(at) // _SAMPLE, 1)]] = True
    return chosen


def factors_of(sums: Floats) -> Floats:
    """Give low and high as shares of the default; 1 where there is nothing to compare."""
    if sums[_DEFAULT] <= 0.0:
        return np.ones(2)
    factors: Floats = sums[[0, 2]] / sums[_DEFAULT]
    return factors


def _either(one: Floats, other: Floats) -> Floats:
    """Put two independent guesses together: the root of the sum of the squares of their logarithms, low and high."""
    size = np.hypot(np.log(np.maximum(one, 1e-12)), np.log(np.maximum(other, 1e-12)))
    both: Floats = np.exp(np.array([-1.0, 1.0]) * size)
    return both
