"""What the page weighs on the wire and when it can be used, in Chromium, with an empty cache.

    python tests/bench/bench_page.py [--repeat 5] [--kbit 400] [--latency-ms 400]

Bytes are counted by a proxy between browser and server, so requests of workers count too. A KB is 1000 bytes. Times are
seconds since the address was given to the browser, medians; Chromium draws in software here, so a phone with a graphics
processor is quicker at the map and slower at the rest.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parents[1] / "web"))

from bench_common import load_line, medians, print_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from page_weight import Weight
    from playwright.sync_api import Browser
    from serving import Running

LANGUAGES = ("en", "ru")
STAGES = (
    "first contentful paint", "fields are there", "search is usable", "walks are listed", "map is drawn",
)  # fmt: skip


def main(argv: Sequence[str] | None = None) -> None:
    """Print bytes by kind, budgets, times, and times on a slow line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeat", type=int, default=5, help="runs on a fast line, medians are shown (default: 5)")
    parser.add_argument("--kbit", type=float, default=400, help="of the slow line, a second (default: 400)")
    parser.add_argument("--latency-ms", type=float, default=400, help="of the slow line, there and back (default: 400)")
    given = parser.parse_args(argv)
    program = shutil.which("chromium")
    if program is None:
        raise SystemExit("chromium is not installed")

    from playwright.sync_api import sync_playwright
    from serving import serving

    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as server, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=arguments)
        print(load_line())
        _weigh(chromium, server)
        _time(chromium, server, max(1, given.repeat), given.kbit, given.latency_ms)
        chromium.close()


def _weigh(chromium: Browser, server: Running) -> None:
    from line import Line
    from page_weight import budgets, kinds, weigh

    rows: dict[str, list[str]] = {}
    limits: dict[str, list[str]] = {}
    for lang in LANGUAGES:
        with Line(server) as line:
            told = weigh(chromium, line, lang, library_waits=True)
            passed = list(line.passed)
        for kind, (count, packed, whole) in kinds(passed).items():
            rows.setdefault(kind, [kind]).extend([str(count), str(packed), str(whole)])
        for budget in budgets(told, passed):
            limits.setdefault(budget.name, [budget.name, str(budget.most)]).append(str(budget.weighs))
        limits.setdefault("shift", ["layout shift", "0.100"]).append(f"{told.shift:.3f}")
    head = [f"{lang}, {what}" for lang in LANGUAGES for what in ("files", "packed", "with heads")]
    print_table("bytes by kind", ["", *head], list(rows.values()))
    print_table("budgets, bytes", ["", "most", *LANGUAGES], list(limits.values()))


def _time(chromium: Browser, server: Running, repeat: int, kbit_s: float, latency_ms: float) -> None:
    from line import Line
    from page_weight import weigh, weigh_kept

    def kept(lang: str) -> Weight:
        with Line(server) as line:
            return weigh_kept(chromium, line, lang)

    def runs(lang: str, count: int, **slow: float) -> list[Weight]:
        found = []
        for _ in range(count):
            with Line(server, **slow) as line:
                found.append(weigh(chromium, line, lang, library_waits=False))
        return found

    fast = [medians([run.seconds for run in runs(lang, repeat)]) for lang in LANGUAGES]
    slow = [runs(lang, 1, kbit_s=kbit_s, latency_s=latency_ms / 1000)[0].seconds for lang in LANGUAGES]
    rows = [[stage, *(f"{times[stage]:.2f}" for times in (*fast, *slow))] for stage in STAGES]
    name = f"{kbit_s:g} kbit/s, {latency_ms:g} ms"
    print_table("seconds", ["", *LANGUAGES, *(f"{lang}, {name}" for lang in LANGUAGES)], rows)
    back = [medians([kept(lang).seconds for _ in range(repeat)]) for lang in LANGUAGES]
    rows = [[stage, *(f"{times[stage]:.2f}" for times in back)] for stage in STAGES]
    print_table("seconds, kept on the phone, with no server", ["", *LANGUAGES], rows)


if __name__ == "__main__":
    main()
