"""A comparison in, out a table for people or JSON for programs."""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from routing.rivals.comparing import Comparison, Row

_HEAD = ("method", "no walk", "too long", "extra length", "risk left", "mapped", "cameras", "beyond", "at budget")
_KEY = (
    "extra length: beyond the shortest walk. risk left: of the shortest walk's; mapped: by mapped cameras alone.",
    "cameras: that see the walker, on one walk. beyond: risk that a walk no longer would not have had;",
    "at budget: that a walk within the budget would not have had. Where a method found no walk, or one too",
    "long, the shortest is counted. Methods are written anew from their descriptions (routing/rivals/methods.py).",
)
_NOT_EXACT = (
    "The least risk here is that of walks which are best at some price: others within the budget may have less."
)


def as_text(comparison: Comparison) -> str:
    """Tell a comparison as tables for a terminal."""
    lines = [f"{comparison.area}: {comparison.pairs} pairs of places, seed {comparison.seed}"]
    for detour, rows in comparison.tables.items():
        cells = [_HEAD, *(_cells(row) for row in rows)]
        widths = [max(len(row[at]) for row in cells) for at in range(len(_HEAD))]
        lines += ["", f"Up to {detour:.0%} more effort than the shortest walk:"]
        for name, *numbers in cells:
            padded = (cell.rjust(width) for cell, width in zip(numbers, widths[1:], strict=True))
            lines.append("  ".join([name.ljust(widths[0]), *padded]))
    lines += ["", *_KEY, *([] if comparison.exact else [_NOT_EXACT])]
    return "\n".join(lines) + "\n"


def as_json(comparison: Comparison) -> str:
    """Tell a comparison as JSON; shares are plain numbers, ``null`` where a share is of nothing."""
    answer = {
        "area": comparison.area,
        "pairs": comparison.pairs,
        "seed": comparison.seed,
        "exact": comparison.exact,
        "budgets": [
            {"detour": detour, "methods": [_plain(row) for row in rows]} for detour, rows in comparison.tables.items()
        ],
    }
    return json.dumps(answer, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def _plain(row: Row) -> dict[str, object]:
    return {
        name: None if isinstance(value, float) and not math.isfinite(value) else value
        for name, value in asdict(row).items()
    }


def _cells(row: Row) -> tuple[str, ...]:
    beyond = (f"{share:+.1%}" if math.isfinite(share) else "-" for share in (row.beyond, row.beyond_budget))
    return (
        row.method,
        str(row.none),
        str(row.over),
        f"{row.extra:+.1%}",
        f"{row.risk_left:.1%}" if math.isfinite(row.risk_left) else "-",
        f"{row.mapped_left:.1%}" if math.isfinite(row.mapped_left) else "-",
        f"{row.met:.1f}",
        *beyond,
    )
