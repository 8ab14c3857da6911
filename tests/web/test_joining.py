"""The planner as one file: what it gives is what its modules give; other ways of writing modules are refused."""

from __future__ import annotations

import json
import posixpath
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from routing.build import build_area
from routing.pack import pack_of
from routing.workspace import demo_extract
from web.assets import JOINED, PLANNER, Bundle
from web.joining import imports_of, joined

if TYPE_CHECKING:
    from collections.abc import Callable

STATIC = Path(__file__).parents[2] / "web" / "static"
ASKED = {"from": [24.9384, 60.1699], "to": [24.9500, 60.1760], "detour": "30%"}
RUN = """
const { readFileSync } = await import("node:fs");
const packs = [new Uint8Array(readFileSync(given.pack))];
const told = [];
globalThis.self = { postMessage: (message) => told.push(message) };
await import(given.file);
self.onmessage({ data: { id: 1, packs, stop: null } });
self.onmessage({ data: { id: 2, asked: given.asked } });
self.onmessage({ data: { id: 3, asked: { ...given.asked, to: given.asked.from } } });
const { planWalks } = await import(js + "router/plan.mjs");
const { decodePack } = await import(js + "router/pack.mjs");
return [told, planWalks(decodePack(...packs), { ...given.asked, overlay: {} })];
"""


def test_planner_when_joined_then_answers_as_its_modules_do(node: Callable[..., object], tmp_path: Path) -> None:
    (tmp_path / "joined.mjs").write_bytes(bytes(Bundle(STATIC, join=JOINED).named[PLANNER].content))
    (tmp_path / "area.pack").write_bytes(pack_of(build_area(demo_extract())))
    given = {"file": (tmp_path / "joined.mjs").as_uri(), "pack": str(tmp_path / "area.pack"), "asked": ASKED}
    told, expected = json.loads(json.dumps(node(RUN, given)))
    ready, opened, answer, same = (message for message in told if not message.get("first"))
    assert ready == {"ready": True}
    assert opened == {"id": 1, "fault": None}
    assert answer == {"id": 2, "record": expected}
    assert same == {"id": 3, "code": "same-place"}


def test_planner_when_joined_then_one_file_without_a_line_of_comment_and_every_module_once() -> None:
    text = bytes(Bundle(STATIC, join=JOINED).named[PLANNER].content).decode()
    modules = {path.relative_to(STATIC).as_posix() for path in (STATIC / "js" / "router").rglob("*.mjs")}
    named = re.findall(r"^const m\d+ = \(\(\) => \{ // (.*)$", text, re.MULTILINE)
    assert len(named) == len(set(named))
    assert modules == set(named), "what nothing needs is not sent"
    assert not re.search(r"^\s*(?:/\*\*.*\*/$|\* |// )", text.removeprefix("// @ts-nocheck\n"), re.MULTILINE)
    assert not re.search(r"^import\b|\bimport\(", text, re.MULTILINE)
    assert re.findall(r"^export\b.*", text, re.MULTILINE) == [f"export const {{ makeService }} = m{len(named) - 1};"]


def test_modules_when_joined_then_nothing_else_imports_a_part_of_them() -> None:
    texts = {path.relative_to(STATIC).as_posix(): path.read_text("utf-8") for path in (STATIC / "js").rglob("*.mjs")}
    for name, first in JOINED.items():
        parts = {part for part in texts if f"// {part}\n" in joined(first, texts)} - {first}
        others = {one for one in texts if one not in parts | {first} and parts & set(imports_of(one, texts[one]))}
        assert others <= {"js/area-file.mjs"}, name  # which comes without the planner


def test_modules_when_joined_then_parts_are_not_given_by_themselves() -> None:
    bundle = Bundle(STATIC, without=("vendor",), join=JOINED)
    router = [name for name in bundle.named if name.startswith("js/router/") and name.endswith(".mjs")]
    assert router == ["js/router/container.mjs", "js/router/sha256.mjs"], "what reads area files"
    parts = {"js/fold.mjs", "js/matching.mjs", "js/houses.mjs", "js/style-ground.mjs", "js/style-labels.mjs"}
    assert parts <= bundle.sources.keys()
    assert not parts & bundle.named.keys()
    given = {name: bytes(one.content).decode() for name, one in bundle.named.items() if one.suffix == ".mjs"}
    for name, text in given.items():
        code = re.sub(r"/\*\*.*?\*/", "", text, flags=re.DOTALL)
        for path in re.findall(r"""(?:from |\bimport\()"(\.\.?/[\w./-]+)\"""", code):
            assert posixpath.normpath(posixpath.join(posixpath.dirname(name), path)) in given, (name, path)


@pytest.mark.parametrize(
    ("modules", "why"),
    [
        ({"a.mjs": 'import { b } from "./b.mjs";\n'}, "b.mjs is missing"),
        (
            {"a.mjs": 'import { b } from "./b.mjs";\n', "b.mjs": 'import { a } from "./a.mjs";\n'},
            "a.mjs needs itself, by way of others",
        ),
        ({"a.mjs": "export default 1;\n"}, "a.mjs: not understood: export default 1;"),
        ({"a.mjs": "export let x = 1;\n"}, "a.mjs: not understood: export let x = 1;"),
        ({"a.mjs": "f(import.meta.url);\n"}, "a.mjs: not understood: import.meta.url);"),
    ],
)
def test_modules_when_written_in_another_way_then_refused(modules: dict[str, str], why: str) -> None:
    with pytest.raises(ValueError, match=re.escape(why)):
        joined("a.mjs", modules)


def test_modules_when_names_are_changed_and_shared_then_each_has_its_own(node: Callable[..., object]) -> None:
    modules = {
        "a.mjs": 'import { x as y } from "./deep/b.mjs";\nimport * as all from "./c.mjs";\n'
        "result(y + all.x + all.twice(1));\n",
        "deep/b.mjs": 'import { twice } from "../c.mjs";\n/** A comment\n * of lines. */\n'
        "export const x = twice(10);\n",
        "c.mjs": "export const x = 1;\n// one more\nexport function twice(n) {\n  return 2 * n;\n}\n",
    }
    code = joined("a.mjs", modules)
    assert node("let found; const result = (n) => { found = n; };\neval(given);\nreturn found;", code) == 23
