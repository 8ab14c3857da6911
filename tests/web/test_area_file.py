"""An area as one file, from hand to hand: what is written is what is read; what is not whole or not ours is refused."""

from __future__ import annotations

import base64
import gzip
import json
import struct
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
import small_areas
from browser_support import keep
from hypothesis import given, settings
from hypothesis import strategies as st
from listing import search
from phones import judged, kept, on_this_phone, opened, over_plain_http, walked
from plain_files import plain_files
from test_publish import run

from routing.area_folder import load, save
from routing.build import build_area, with_basemap
from routing.pack_columns import part_of
from routing.workspace import demo_extract
from web.area_files import area_files
from web.assets import Asset
from web.phone_file import KIND, VERSION, in_groups, phone_file
from web.texts import words_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from browser_support import Screen
    from line import Line
    from plain_files import PlainFiles
    from playwright.sync_api import Browser
    from serving import Running

    from routing.area import Area

    Node = Callable[..., Any]

READ = """
const { readFileSync, writeFileSync } = await import("node:fs");
return Promise.all(given.map(async (path) => {
  try {
    const blob = new Blob([readFileSync(path)]);
    const index = await indexOf(blob);
    const { files, ...about } = areaFrom(index, blob);
    const told = { digest: index.digest, groups: inGroups(index.digest), bytes: index.bytes, about, files: {} };
    for (const [name, file] of Object.entries(files)) {
      told.files[name] = file === null ? null : Buffer.from(await file.held()).toString("base64");
    }
    return told;
  } catch (error) {
    if (!(error instanceof AreaRefused)) throw error;
    return { refused: error.code };
  }
}));
"""
NAMES = dict.fromkeys(("indexOf", "areaFrom", "inGroups", "AreaRefused"), "area-file.mjs")
STREET = "Töölönlahdenkatu"


@pytest.fixture(scope="module")
def yard(tmp_path_factory: pytest.TempPathFactory) -> Area:
    """A small area with cameras of its own and a basemap."""
    folder = tmp_path_factory.mktemp("yard")
    cameras = small_areas.write_cameras(folder / "cameras.geojson")
    area = build_area(demo_extract(), camera_files=[cameras], bbox=small_areas.BOX, name="Двор")
    save(with_basemap(area, demo_extract()), folder / "area")
    return load(folder / "area")


@pytest.fixture(scope="module")
def yard_file(yard: Area, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same as one file, written by the command."""
    folder = tmp_path_factory.mktemp("file")
    save(yard, folder / "area")
    told = run(str(folder / "area"), "--area-file", str(folder / "yard.sidestep"))
    assert in_groups(phone_file(yard, area_files(yard)).digest) in told
    return folder / "yard.sidestep"


def changed(area: Area, **change: str) -> bytes:
    """Give the file of an area with another manifest."""
    other = replace(area, manifest=replace(area.manifest, **change))
    return phone_file(other, area_files(other)).content


def test_area_file_when_read_then_every_file_is_as_the_page_would_have_fetched_it(
    node: Node, yard: Area, yard_file: Path
) -> None:
    (read,) = node(READ, [str(yard_file)], **NAMES)
    files = area_files(yard)
    made = phone_file(yard, files)
    assert read["digest"] == made.digest
    assert read["groups"] == in_groups(made.digest)
    assert read["bytes"] == yard_file.stat().st_size == len(made.content)
    assert read["about"]["name"] == "Двор"
    for name in ("places", "cameras", "basemap", "pack", "camera_pack"):
        assert base64.b64decode(read["files"][name]) == bytes(getattr(files, name).content), name


def test_area_file_when_written_again_then_the_same_bytes(yard: Area, yard_file: Path) -> None:
    assert phone_file(yard, area_files(yard)).content == yard_file.read_bytes()


def test_area_file_when_the_area_has_no_basemap_then_none_is_told(node: Node, tmp_path: Path) -> None:
    bare = build_area(demo_extract(), bbox=small_areas.BOX, name="Bare")
    (tmp_path / "bare").write_bytes(phone_file(bare, area_files(bare)).content)
    (read,) = node(READ, [str(tmp_path / "bare")], **NAMES)
    assert read["files"]["basemap"] is None
    assert read["files"]["pack"]


def rewritten(content: bytes, **about: object) -> bytes:
    """Give a whole file that tells something else of itself."""
    sections = {}
    at = 48
    while at < len(content):
        name = content[at + 1 : at + 1 + content[at]].decode()
        begin = at + 1 + content[at] + 4
        (size,) = struct.unpack("<I", content[begin - 4 : begin])
        sections[name] = content[begin : begin + size]
        at = begin + size
    told = json.loads(sections["about"])
    for path, value in about.items():
        *way, last = path.split("__")
        inside = told
        for step in way:
            inside = inside[step]
        inside[last] = value
    sections["about"] = json.dumps(told).encode()
    return part_of(VERSION, KIND, sections).content


def test_area_file_when_not_whole_or_not_ours_then_refused_and_why(node: Node, yard: Area, tmp_path: Path) -> None:
    whole = phone_file(yard, area_files(yard)).content
    flipped = bytearray(whole)
    flipped[len(whole) // 2] ^= 1
    newer = bytearray(whole)
    newer[8] = VERSION + 1
    cases = {
        "empty": (b"", "truncated"),
        "head alone": (whole[:20], "truncated"),
        "cut": (whole[:-1], "truncated"),
        "flipped": (bytes(flipped), "damaged"),
        "longer": (whole + b"x", "foreign"),
        "twice": (whole + whole, "damaged"),
        "picture": (b"\x89PNG\r\n\x1a\n" + bytes(100), "foreign"),
        "pack": (bytes(area_files(yard).pack.content), "foreign"),
        "newer": (bytes(newer), "newer"),
        "no name": (rewritten(whole, name=None), "damaged"),
        "no box": (rewritten(whole, bbox=[1, 2]), "damaged"),
        "box inside out": (rewritten(whole, bbox=[2, 2, 1, 3]), "damaged"),
        "no pack": (rewritten(whole, files={}), "damaged"),
        "endless": (rewritten(whole, files__places__bytes=2**40), "damaged"),
        "a bomb": (rewritten(whole, files__places__bytes=10), "damaged"),
        "far more than can be packed": (rewritten(whole, files__places__bytes=2**27), "damaged"),
        "half a byte": (rewritten(whole, files__places__bytes=10.5), "damaged"),
        "another size": (rewritten(whole, files__basemap__bytes=10), "damaged"),
        "no day": (rewritten(whole, built="9"), "damaged"),
        "no month": (rewritten(whole, updated="2026"), "damaged"),
        "box of words": (rewritten(whole, bbox=["24.9", "60.1", "25", "60.2"]), "damaged"),
        "box of five": (rewritten(whole, bbox=[24.9, 60.1, 25, 60.2, 1]), "damaged"),
        "box off the Earth": (rewritten(whole, bbox=[24.9, 60.1, 25, 90.2]), "damaged"),
        "two of a name": (part_of(VERSION, KIND, {"about": b"{}", "pack": b"", "pack.gz": b""}).content, "damaged"),
        "short": (rewritten(whole, files__places__bytes=10**6), "damaged"),
        "no json": (part_of(VERSION, KIND, {"about": b"{"}).content, "damaged"),
        "nothing": (part_of(VERSION, KIND, {}).content, "damaged"),
        "a list": (part_of(VERSION, KIND, {"about": b"[]"}).content, "damaged"),
    }
    paths = []
    for number, (content, _) in enumerate(cases.values()):
        paths.append(str(tmp_path / str(number)))
        (tmp_path / str(number)).write_bytes(content)
    read = node(READ, paths, **NAMES)
    assert {name: one.get("refused") for name, one in zip(cases, read, strict=True)} == {
        name: code for name, (_, code) in cases.items()
    }


def test_area_file_when_larger_than_any_area_then_refused_before_it_is_read(node: Node) -> None:
    told = node(
        """
        const blob = { size: 2 ** 28 + 1, arrayBuffer() { throw new Error("was read"); } };
        return indexOf(blob).catch((error) => error.code ?? String(error));
        """,
        indexOf="area-file.mjs",
    )
    assert told == "large"


def test_gzip_when_it_holds_more_than_told_then_no_more_of_it_is_unpacked(node: Node) -> None:
    bomb = base64.b64encode(gzip.compress(bytes(50_000_000))).decode()
    told = node(
        """
        const { unpacked } = await import(js + "unpack.mjs");
        const { bounded } = await import(js + "tiles.mjs");
        const packed = Buffer.from(given, "base64");
        let came = 0;
        const Real = DecompressionStream;
        globalThis.DecompressionStream = class {
          constructor(kind) {
            const inner = new Real(kind);
            this.writable = inner.writable;
            const counted = { transform(part, out) { came += part.length; out.enqueue(part); } };
            this.readable = inner.readable.pipeThrough(new TransformStream(counted, undefined, { highWaterMark: 0 }));
          }
        };
        const code = (asked) => asked.then((one) => one.length ?? one.byteLength, (error) => error.message);
        const short = await code(unpacked(new Blob([packed]), 1000));
        const after = came;
        const tile = await code(bounded(packed, 2));
        return {
          short, after, tile, whole: await code(unpacked(new Blob([packed]), 50_000_000)),
          none: await code(unpacked(new Blob(["no gzip"]), 1000)),
          cut: await code(unpacked(new Blob([packed.subarray(0, 40000)]), 1e9)),
          plain: await code(bounded(new ArrayBuffer(7), 1)), other: await code(bounded(new ArrayBuffer(7), 3)),
        };
        """,
        bomb,
    )
    assert told.pop("after") < 5_000_000
    assert told == {
        "short": "more than was told", "tile": "more than was told", "whole": 50_000_000, "none": "no gzip",
        "cut": "no gzip", "plain": 7, "other": "tiles are packed in a way that is not ours",
    }  # fmt: skip


def test_area_file_when_something_packs_too_well_then_it_stands_unpacked(
    yard: Area, node: Node, tmp_path: Path
) -> None:
    files = replace(area_files(yard), cameras=Asset(b"[" + b" " * 10_000_000 + b"]", ".geojson"))
    (tmp_path / "odd").write_bytes(phone_file(yard, files).content)
    (read,) = node(READ, [str(tmp_path / "odd")], **NAMES)
    assert len(base64.b64decode(read["files"]["cameras"])) == 10_000_002


@settings(max_examples=8, deadline=None)
@given(at=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(1, 255)), min_size=20, max_size=20))
def test_area_file_when_any_byte_is_another_then_refused(
    node: Node, yard_file: Path, at: list[tuple[float, int]]
) -> None:
    whole = yard_file.read_bytes()
    paths = []
    for number, (where, change) in enumerate(at):
        other = bytearray(whole)
        other[int(where * len(whole))] ^= change
        path = yard_file.with_name(f"changed-{number}")
        path.write_bytes(other)
        paths.append(str(path))
    read = node(READ, paths, **NAMES)
    assert [one for one in read if "refused" not in one] == []


@pytest.mark.parametrize(
    ("built", "updated", "older"),
    [
        ("2026-01-02", "2026-01", False),
        ("2026-01-01", "2026-02", True),
        ("2026-01-02", "2025-12", True),
        ("2026-01-03", "2025-01", False),
    ],
)
def test_area_when_compared_with_one_of_its_name_then_the_older_is_known(
    node: Node, built: str, updated: str, *, older: bool
) -> None:
    here = {"name": "A", "built": "2026-01-02", "updated": "2026-01"}
    other = {"name": "A", "built": built, "updated": updated}
    assert node("return isOlder(...given)", [other, here], isOlder="area-file.mjs") is older
    assert node("return isOlder(...given)", [{**other, "name": "B"}, here], isOlder="area-file.mjs") is False


@pytest.fixture
def demo_server(shared_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PlainFiles]:
    """The page with the demo area, as files."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(shared_folder / "cache"))
    run("--out", str(tmp_path / "site"))
    with plain_files(tmp_path, "/site") as server:
        yield server


def chosen(screen: Screen, content: Path) -> None:
    """Choose a file, and wait for what is said of it."""
    on_this_phone(screen)
    screen.page.locator("#area-file").set_input_files(content)
    screen.page.locator("#area-digest, #area-back").first.wait_for()


def titled(screen: Screen, name: str) -> None:
    screen.until(f"the page of {name}", lambda: name in (screen.page.locator("#more").text_content() or ""))
    assert "Helsinki" in screen.page.title(), "the browser's history keeps titles"
    screen.until("no dialog", lambda: screen.page.locator("#dialog").is_hidden())
    screen.settle()


def plan_in_the_yard(screen: Screen) -> None:
    """Plan between places that only the small area's own list makes so few."""
    box = screen.ask("() => { const b = map.getMaxBounds(); return [b.getWest(), b.getEast()]; }")
    assert box[1] - box[0] < 0.05, "the map shows the small area"
    for which, place in (("end", small_areas.END), ("start", small_areas.START)):
        screen.page.fill(f"#{which}", f"{place[1]}, {place[0]}")
        screen.page.keyboard.press("Enter")
    screen.until("walks", lambda: screen.page.locator("#cards").is_visible() and screen.phase() == "ready")


def test_area_file_when_opened_with_no_server_at_all_then_everything_comes_from_it(
    chromium: Browser, demo_server: PlainFiles, yard: Area, yard_file: Path
) -> None:
    screen = opened(chromium, demo_server)
    page = screen.page
    kept(screen)
    demo_server.stop()
    page.context.set_offline(offline=True)
    screen.open()
    chosen(screen, yard_file)
    told = page.locator("#dialog").inner_text()
    assert in_groups(phone_file(yard, area_files(yard)).digest) in " ".join(told.split())
    assert "Двор" in told
    words, month = words_in("en"), yard.manifest.osm_date
    age = words.t("device.area.map", month=words.month(month)) if month else words.t("device.area.map_unknown")
    assert age in told, "not when its cameras were put together, which says nothing of their age"
    keep(page, "area-file")
    page.locator("#area-take").tap()
    titled(screen, "Двор")
    assert len(screen.data("cameras")) == len(yard.cameras)
    assert page.locator("#map-note").is_hidden(), "there is a basemap"
    assert "3 mapped cameras" in page.locator("#coverage").inner_text()
    plan_in_the_yard(screen)
    keep(page, "area-file-planned")
    search(page, "end", STREET)
    screen.until("walks", lambda: page.locator("#end").input_value() == STREET and screen.phase() == "ready")
    page.fill("#end", "Kauppatori")
    told = page.locator("#found [role=option]")
    screen.until("no such place", lambda: told.all_inner_texts() == [screen.words("ui.names.none")])
    page.keyboard.press("Escape")
    assert page.evaluate("() => caches.has('sidestep-areas')") is False, "kept only if she says so"
    page.reload()
    screen.settle()
    assert "Helsinki" in page.title()
    assert len(walked(screen)) == 3
    judged(screen)
    page.context.close()


def test_area_file_when_kept_then_areas_lie_side_by_side_until_deleted(
    chromium: Browser, demo_server: PlainFiles, yard_file: Path
) -> None:
    screen = opened(chromium, demo_server)
    page = screen.page
    kept(screen)
    chosen(screen, yard_file)
    page.locator("#area-keep").tap()
    screen.until(
        "word of it", lambda: page.locator("#dialog-told").inner_text() == words_in("en").t("device.area.kept")
    )
    screen.shut()
    titled(screen, "Двор")
    demo_server.stop()
    page.context.set_offline(offline=True)
    page.reload()
    titled(screen, "Двор")
    plan_in_the_yard(screen)
    on_this_phone(screen)
    rows = page.locator("#areas li")
    assert rows.count() == 2
    assert rows.nth(1).get_attribute("aria-current") == "true"
    keep(page, "areas")
    rows.nth(0).get_by_role("button").tap()
    titled(screen, "Helsinki")
    assert not page.locator("#cards").is_visible(), "the walk of the other area is gone"
    assert len(walked(screen)) == 3
    page.reload()
    titled(screen, "Helsinki")
    on_this_phone(screen)
    rows.nth(1).get_by_role("button").first.tap()
    titled(screen, "Двор")
    on_this_phone(screen)
    rows.nth(1).get_by_role("button").last.tap()
    screen.until("one area", lambda: rows.count() == 1)
    page.keyboard.press("Escape")
    titled(screen, "Helsinki")
    assert page.evaluate("() => caches.has('sidestep-areas')") is False
    judged(screen)
    page.context.close()


def test_area_file_when_kept_then_the_page_is_kept_too_and_both_open_with_no_server(
    chromium: Browser, demo_server: PlainFiles, yard_file: Path
) -> None:
    screen = opened(chromium, demo_server)
    page = screen.page
    t = words_in("en").t
    chosen(screen, yard_file)
    assert t("device.area.with_page") in page.locator("#dialog").inner_text()
    page.locator("#area-keep").tap()
    said = page.locator("#dialog-told")
    both = [f"{t('device.area.kept')} {t(key)}" for key in ("device.kept", "device.promised")]
    screen.until("word of both", lambda: said.inner_text() in both)
    assert page.locator("#device-keep").count() == 0
    assert page.locator("#areas li").nth(1).get_attribute("aria-current") == "true"
    keep(page, "area-and-page")
    demo_server.stop()
    page.context.set_offline(offline=True)
    page.reload()
    titled(screen, "Двор")
    plan_in_the_yard(screen)
    judged(screen)
    page.context.close()


def test_area_file_when_kept_and_the_page_does_not_come_then_says_so_and_how_to_keep_it(
    chromium: Browser, line: Line, yard_file: Path
) -> None:
    screen = opened(chromium, line)
    page = screen.page
    t = words_in("en").t
    chosen(screen, yard_file)
    line.down()
    page.locator("#area-keep").tap()
    said = page.locator("#dialog-told")
    screen.until("word of it", lambda: said.get_attribute("class") == "warning")
    assert said.inner_text() == f"{t('device.area.alone')} {t('device.area.alone.how')}"
    keep(page, "area-alone")
    line.up()
    page.locator("#device-keep").tap()
    screen.until("the page is kept", lambda: page.locator("#device-keep").count() == 0)
    line.down()
    page.reload()
    titled(screen, "Двор")
    page.context.close()


NO_WORKERS = "delete Navigator.prototype.serviceWorker;"
NO_ROOM = """if (globalThis.Cache) {
  Cache.prototype.put = () => Promise.reject(new DOMException("no", "QuotaExceededError"));
}"""


def test_area_file_when_the_browser_keeps_no_page_or_has_no_room_then_says_so(
    chromium: Browser, page_server: Running, yard_file: Path
) -> None:
    t = words_in("en").t
    for script, told in ((NO_WORKERS, "device.area.alone"), (NO_ROOM, "device.full")):
        screen = opened(chromium, page_server, scripts=(script,))
        page = screen.page
        chosen(screen, yard_file)
        page.locator("#area-keep").tap()
        said = page.locator("#dialog-told")
        screen.until("word of it", lambda said=said: said.get_attribute("class") == "warning")
        assert said.inner_text() == t(told)
        if script == NO_WORKERS:
            assert page.locator("#device-state").inner_text() == t("device.state.unable")
            page.keyboard.press("Escape")
        else:
            page.locator("#area-take").tap()  # it is still there to be used
        titled(screen, "Двор")
        judged(screen)
        page.context.close()


def test_area_file_when_refused_then_says_why_and_the_page_stays(
    chromium: Browser, demo_server: PlainFiles, yard: Area, yard_file: Path, tmp_path: Path
) -> None:
    screen = opened(chromium, demo_server, "ru")
    page = screen.page
    bad = tmp_path / "bad.sidestep"
    whole = yard_file.read_bytes()
    told = set()
    chosen(screen, yard_file)
    page.locator("#area-take").tap()
    titled(screen, "Двор")
    for content in (
        whole[:-5],
        whole[:-1] + b"\1",
        b"nothing of ours",
        whole[:8] + b"\xff" + whole[9:],
        changed(yard, built="2001-01-01"),
    ):
        bad.write_bytes(content)
        chosen(screen, bad)
        said = page.locator("#dialog-told")
        assert said.get_attribute("class") == "warning"
        told.add(said.inner_text())
        page.keyboard.press("Escape")
    assert len(told) == 5
    keep(page, "area-refused")
    chosen(screen, yard_file)
    page.keyboard.press("Escape")
    titled(screen, "Двор")
    chosen(screen, bad)  # the older one
    assert page.locator("#area-take").count() == 0, "not by one tap"
    page.locator("#area-older").tap()
    page.locator("#area-digest").wait_for()
    page.locator("#area-take").tap()
    titled(screen, "Двор")
    on_this_phone(screen)
    assert "2001" in page.locator("#areas li[aria-current]").inner_text()
    page.keyboard.press("Escape")
    judged(screen)
    page.context.close()


def test_area_file_when_the_page_came_over_plain_http_then_it_is_used_from_memory(
    chromium: Browser, demo_server: PlainFiles, yard_file: Path
) -> None:
    with over_plain_http(chromium, demo_server) as screen:
        chosen(screen, yard_file)
        assert screen.page.locator("#area-keep").count() == 0
        told = screen.page.locator("#dialog").inner_text()
        assert words_in("en").t("device.area.memory") in told
        assert words_in("en").t("device.state.insecure") in told
        screen.page.locator("#area-take").tap()
        titled(screen, "Двор")
        demo_server.stop()
        plan_in_the_yard(screen)
        judged(screen)
