"""What the project asks of its own text: lint, types, one-way imports, sizes, words."""

from __future__ import annotations

import ast
import doctest
import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCES = sorted(path for folder in ("routing", "web") for path in (ROOT / folder).rglob("*.py"))
MODULES = [".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for path in SOURCES]
# what must never be promised; "unsafe" and "thread-safe" are other words
FORBIDDEN = re.compile(r"(?<![\w-])safe(?:r|st|ly|ty)?\b|camera[- ]free", re.IGNORECASE)


@pytest.mark.parametrize(
    "command",
    [("ruff", "check", "."), ("ruff", "format", "--check", "."), ("mypy",), ("lint-imports", "--no-cache")],
    ids=lambda command: " ".join(command[:2]),
)
def test_tool_when_run_on_the_project_then_finds_nothing(command: tuple[str, ...]) -> None:
    program = Path(sys.executable).with_name(command[0])
    done = subprocess.run([program, *command[1:]], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_module_when_counted_then_small_enough_to_read(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= 400
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            doc = ast.get_docstring(node, clean=False)
            lines = node.end_lineno - node.lineno + 1 - (doc.count("\n") + 1 if doc else 0)
            assert lines <= 50, f"{node.name} has {lines} lines"


@pytest.mark.parametrize("name", MODULES)
def test_examples_when_run_then_give_what_they_say(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    module = importlib.import_module(name)
    assert doctest.testmod(module, optionflags=doctest.NORMALIZE_WHITESPACE).failed == 0


@pytest.mark.parametrize(
    "path", [*SOURCES, ROOT / "README.md", ROOT / "data" / "README.md"], ids=lambda path: path.name
)
def test_text_when_searched_then_promises_nothing(path: Path) -> None:
    found = [line for line in path.read_text(encoding="utf-8").splitlines() if FORBIDDEN.search(line)]
    assert found == []


def test_planning_when_imported_then_loads_no_library_that_builds_areas() -> None:
    # numba loads a part of scipy by itself
    heavy = (
        "osmnx",
        "osmium",
        "geopandas",
        "pandas",
        "shapely",
        "networkx",
        "scipy.sparse",
        "pyproj",
        "requests",
        "flask",
    )
    code = (
        "import sys, routing.commands.route, routing.router, routing.formats;"
        "print(sorted(set(sys.argv[1:]) & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code, *heavy], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
