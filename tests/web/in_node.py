"""Arrays and records of the library for the router's modules under Node.js, and back, to the last bit."""

from __future__ import annotations

import base64
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Callable

    from routing.hazard.hazards import Hazards
    from routing.hazard.parameters import Values
    from routing.hazard.pavements import Ways
    from routing.model import Camera

    Node = Callable[..., Any]

Floats = NDArray[np.float64]
_NAMES = {"float64": "Float64Array", "float32": "Float32Array", "int32": "Int32Array", "uint8": "Uint8Array"}

# read(…) makes arrays of what `packed` gave, and write(…) the other way round, however deep they lie in objects
PRELUDE = """
const kinds = { Float64Array, Float32Array, Int32Array, Uint8Array };
const read = (one) => one === null || typeof one !== "object" ? one : Array.isArray(one) ? one.map(read)
  : "$" in one ? new kinds[one.$](Uint8Array.from(Buffer.from(one.of, "base64")).buffer)
  : Object.fromEntries(Object.entries(one).map(([key, value]) => [key, read(value)]));
const bytes = (one) => Buffer.from(one.buffer, one.byteOffset, one.byteLength);
const write = (one) => one === null || typeof one !== "object" ? one : Array.isArray(one) ? one.map(write)
  : ArrayBuffer.isView(one) ? { $: one.constructor.name, of: bytes(one).toString("base64") }
  : Object.fromEntries(Object.entries(one).map(([key, value]) => [key, write(value)]));
const [hazards, eyes, walls, pavements, walked] = await Promise.all(
  ["hazards", "eyes", "walls", "pavements", "walked"].map((name) => import(`${js}router/hazard/${name}.mjs`)));
"""


def packed(value: Any) -> Any:  # noqa: ANN401 - as JSON takes it
    """Give what :data:`PRELUDE` reads: arrays by their bytes, in lists and dictionaries of any depth."""
    if isinstance(value, np.ndarray):
        kept = np.ascontiguousarray(
            value, dtype={"int64": np.int32, "bool": np.uint8, "int8": np.int32}.get(str(value.dtype))
        )
        return {"$": _NAMES[str(kept.dtype)], "of": base64.b64encode(kept.tobytes()).decode()}
    if isinstance(value, dict):
        return {key: packed(one) for key, one in value.items()}
    return [packed(one) for one in value] if isinstance(value, list | tuple) else value


def unpacked(value: Any) -> Any:  # noqa: ANN401 - as above
    """Undo it."""
    if isinstance(value, dict) and "$" in value:
        name = next(kind for kind, array in _NAMES.items() if array == value["$"])
        return np.frombuffer(base64.b64decode(value["of"]), dtype=name)
    if isinstance(value, dict):
        return {key: unpacked(one) for key, one in value.items()}
    return [unpacked(one) for one in value] if isinstance(value, list) else value


def in_node(node: Node, snippet: str, given: object, *, seconds: float = 60) -> Any:  # noqa: ANN401 - what it gives
    """Run a snippet that sees ``cases``, what was given, and the modules of ``PRELUDE``, and gives arrays."""
    script = f"{PRELUDE}\nconst cases = read(given);\nreturn write(await (async () => {{{snippet}}})());"
    return unpacked(node(script, packed(given), seconds=seconds))


def record(camera: Camera) -> dict[str, Any]:
    """Give a camera as the pack of an area has it."""
    kept = asdict(camera) | {"tags": dict(camera.tags), "lonlat": list(camera.lonlat), "gone": list(camera.gone)}
    return {key: value for key, value in kept.items() if key not in ("also", "removed_because")}


def column(values: Values) -> dict[str, float]:
    return asdict(values)


def ways(of: Ways) -> dict[str, Any]:
    side = None if of.side is None else of.side.astype(np.int32)
    return {"points": of.points, "start": of.start, "enclosed": of.enclosed, "levels": of.levels, "side": side}


def assert_same_hazards(found: dict[str, Any], expected: Hazards, *, off: float = 1e-9) -> None:
    """Compare hazards of Node.js with the library's: the same rows in the same order, numbers to a billionth."""
    lenses = expected.lens.shape[1]
    assert found["lenses"] == lenses
    for name in ("camera", "line", "place", "count"):
        assert found[name].tolist() == getattr(expected, name).tolist(), name
    assert_close(found["lens"].reshape(-1, lenses, 2), expected.lens, off=off, least=1e-12)
    assert_close(found["chance"].reshape(-1, lenses), expected.chance)
    views = expected.views
    assert found["views"]["camera"].tolist() == views.camera.tolist()
    assert found["views"]["line"].tolist() == views.line.tolist()
    for name, of in (("fromM", views.from_m), ("toM", views.to_m), ("share", views.share)):
        assert_close(found["views"][name], of, least=1e-9)


def assert_close(found: Floats, expected: Floats, *, off: float = 1e-9, least: float = 0.0) -> None:
    """Compare numbers to a billionth of themselves, or to ``least``."""
    assert found.shape == expected.shape
    wrong = np.abs(found - expected) > off * np.abs(expected) + least
    wrong |= np.isnan(found) != np.isnan(expected)
    assert not wrong.any(), (found[wrong][:3], expected[wrong][:3])
