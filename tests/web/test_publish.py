"""``sidestep publish``: the page as plain files, at any address of any web space, with nothing of ours behind it."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
import small_areas
from browser_support import keep
from click.testing import CliRunner
from phones import judged, kept, opened, walked
from plain_files import plain_files, types_of

from routing.area_folder import save
from routing.build import build_area
from routing.errors import BadFileError, BadUsageError
from routing.workspace import demo_extract
from web import mirror
from web.mirror import LIST, check_room
from web.publish_command import publish

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

PREFIX = "/some/where/maps"


def run(*arguments: str) -> str:
    """Run the command as the command line does, and give what it says."""
    done = CliRunner().invoke(publish, arguments, catch_exceptions=True)
    if done.exception is not None:
        raise done.exception
    return done.output


@pytest.fixture(scope="module")
def home(shared_folder: Path) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(shared_folder / "cache"))
        yield


@pytest.fixture(scope="module")
def demo_site(home: None, tmp_path_factory: pytest.TempPathFactory) -> Path:  # noqa: ARG001  # sets the environment
    root = tmp_path_factory.mktemp("web")
    (root / PREFIX.strip("/")).parent.mkdir(parents=True)
    assert "MB" in run("--out", str(root / PREFIX.strip("/")))
    return root


@pytest.fixture(scope="module")
def yard_folders(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two small areas, one with a name in another script."""
    folder = tmp_path_factory.mktemp("yards")
    cameras = small_areas.write_cameras(folder / "cameras.geojson")
    made = []
    for name, files in (("Bare", []), ("Двор", [cameras])):
        save(build_area(demo_extract(), camera_files=files, bbox=small_areas.BOX, name=name), folder / name)
        made.append(folder / name)
    return made


def contents(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.mark.parametrize("lang", ["en", pytest.param("ru", marks=pytest.mark.long)])
def test_site_when_served_as_plain_files_then_it_plans_and_lives_on_without_them(
    chromium: Browser, demo_site: Path, lang: str
) -> None:
    with plain_files(demo_site, PREFIX) as server:
        screen = opened(chromium, server, lang)
        page = screen.page
        assert len(walked(screen)) == 3
        page.locator("#handle").tap()
        page.locator("#front-open").tap()
        screen.until("the slider", lambda: page.locator("#front input[type=range]").count() == 1)
        screen.until("all walks", lambda: screen.phase() == "ready")
        kept(screen)
        server.stop()
        page.context.set_offline(offline=True)
        for path in (f"/{lang}/", "/", f"/{lang}/index.html"):
            page.goto(f"{server.url}{PREFIX}{path}")
            screen.settle()
        assert page.url == f"{server.url}{PREFIX}/{lang}/index.html"
        assert len(walked(screen)) == 3
        keep(page, f"published-{lang}")
        judged(screen)
        screen.watch.excuse("Failed to load resource")
        page.context.close()


def test_site_when_its_top_is_opened_then_the_page_speaks_as_the_device_does(
    chromium: Browser, demo_site: Path
) -> None:
    with plain_files(demo_site, PREFIX) as server:
        for tongue, lang in (("ru-RU", "ru"), ("en-GB", "en"), ("fi", "en")):
            context = chromium.new_context(locale=tongue)
            page = context.new_page()
            page.goto(f"{server.url}{PREFIX}/")
            page.wait_for_url(f"{server.url}{PREFIX}/{lang}/")
            context.close()


def test_site_when_it_has_no_api_then_the_page_knows(chromium: Browser, demo_site: Path) -> None:
    with plain_files(demo_site, PREFIX) as server:
        screen = opened(chromium, server)
        config = json.loads(screen.page.locator("#config").text_content() or "")
        assert {name for name, url in config["urls"].items() if url is None} == {"reports", "challenge"}
        assert not any("/api/" in url for url in config["urls"].values() if url is not None)
        policy = screen.page.locator("meta[http-equiv=Content-Security-Policy]").get_attribute("content")
        assert policy is not None
        assert policy.startswith("default-src 'none'; ")
        assert "frame-ancestors" not in policy
        assert screen.page.locator("meta[name=referrer]").get_attribute("content") == "no-referrer"
        assert "<form action" not in (demo_site / PREFIX.strip("/") / "en" / "index.html").read_text(encoding="utf-8")
        blocked = screen.page.evaluate("() => fetch('https://example.org/').then(() => false, () => true)")
        assert blocked
        screen.until("the word on it", lambda: screen.watch.blocked)
        assert [told.partition(" ")[0] for told in screen.watch.blocked] == ["connect-src"]
        screen.page.context.close()


def test_site_when_plain_servers_give_its_files_then_modules_have_a_type_that_runs(demo_site: Path) -> None:
    top = demo_site / PREFIX.strip("/")
    with plain_files(demo_site, PREFIX) as server:
        types = types_of(server, list(contents(top)))
    assert {types["js"], types["mjs"]} <= {"text/javascript", "application/javascript"}
    assert types["css"] == "text/css"
    assert types["html"].startswith("text/html")
    assert types["webmanifest"] == "application/manifest+json"


def test_site_when_read_then_no_address_in_it_is_of_a_place(demo_site: Path) -> None:
    top = demo_site / PREFIX.strip("/")
    for path in (*top.rglob("index.html"), *top.rglob("*.webmanifest"), top / "kept.json", top / "sw.js"):
        text = path.read_text(encoding="utf-8").replace("/* @", "")
        assert re.findall(r"[\"'=](/(?:static|vendor|files|en|ru|api|sw)[/.\"'])", text) == [], path.name


def test_site_when_it_says_what_keeping_takes_then_that_is_what_is_kept(demo_site: Path) -> None:
    top = demo_site / PREFIX.strip("/")
    told = re.search(r'"kept_bytes": ?(\d+)', (top / "en" / "index.html").read_text(encoding="utf-8"))
    files = json.loads((top / "kept.json").read_text(encoding="utf-8"))["files"]
    assert told is not None
    assert int(told[1]) == sum(file["bytes"] for file in files) > 2_000_000


def test_sites_when_two_areas_lie_side_by_side_then_each_is_kept_by_itself(
    chromium: Browser, yard_folders: list[Path], tmp_path: Path
) -> None:
    run(*map(str, yard_folders), "--out", str(tmp_path / "site"))
    with plain_files(tmp_path, "/site") as server:
        context = chromium.new_context(locale="en")
        page = context.new_page()
        page.goto(f"{server.url}/site/")
        assert page.locator("a[hreflang=en]").count() == 2
        page.locator("a[hreflang=en]").last.click()
        page.wait_for_url("**/en/")
        context.close()
        screen = opened(chromium, server, path="/bare")
        kept(screen)
        screen.page.goto(f"{server.url}/site/двор/en/")
        screen.settle()
        assert "Двор" in screen.page.title()
        kept(screen)
        assert len(screen.page.evaluate("() => caches.keys()")) == 2
        server.stop()
        for slug, name in (("двор", "Двор"), ("bare", "Bare")):
            screen.page.goto(f"{server.url}/site/{slug}/en/")
            screen.settle()
            assert name in screen.page.title()
        judged(screen)
        screen.page.context.close()


def test_site_when_written_again_then_the_same_bytes_and_the_old_one_is_gone(
    yard_folders: list[Path], tmp_path: Path
) -> None:
    site = tmp_path / "site"
    run(str(yard_folders[0]), "--out", str(site))
    first = contents(site)
    run(str(yard_folders[0]), "--out", str(site))
    assert contents(site) == first
    assert [path.name for path in tmp_path.iterdir()] == ["site"]
    done = subprocess.run(["sha256sum", "-c", "--strict", "--quiet", LIST], cwd=site, check=False)
    assert done.returncode == 0
    run(str(yard_folders[1]), "--out", str(site))
    assert "pack" in "".join(contents(site))
    assert not first.keys() >= contents(site).keys()


@pytest.mark.parametrize("what", ["foreign", "changed", "link", "file"])
def test_site_when_the_folder_holds_what_was_not_written_then_refused_and_untouched(
    yard_folders: list[Path], tmp_path: Path, what: str
) -> None:
    site = tmp_path / "site"
    if what == "file":
        site.write_text("mine", encoding="utf-8")
    else:
        run(str(yard_folders[0]), "--out", str(site))
    if what == "foreign":
        (site / "notes.txt").write_text("mine", encoding="utf-8")
    elif what == "changed":
        (site / "index.html").write_text("mine", encoding="utf-8")
    elif what == "link":
        (site / "elsewhere").symlink_to(tmp_path)
    before = contents(site) if site.is_dir() else site.read_text(encoding="utf-8")
    with pytest.raises(BadFileError, match=r"choose another --out"):
        run(str(yard_folders[0]), "--out", str(site))
    assert (contents(site) if site.is_dir() else site.read_text(encoding="utf-8")) == before
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_site_when_a_file_is_put_there_while_it_is_written_then_it_stays(
    yard_folders: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = tmp_path / "site"
    run(str(yard_folders[0]), "--out", str(site))
    write = mirror._write

    def write_slowly(*given: Any) -> int:  # noqa: ANN401 - whatever is written
        size = write(*given)
        (site / "notes.txt").write_text("mine", encoding="utf-8")
        return size

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(mirror, "_write", write_slowly)
        with pytest.raises(BadFileError, match=r"holds notes\.txt"):
            run(str(yard_folders[0]), "--out", str(site))
    assert (site / "notes.txt").read_text(encoding="utf-8") == "mine"
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_site_when_an_older_one_was_left_by_a_kill_then_it_goes_and_what_is_not_ours_stays(
    yard_folders: list[Path], tmp_path: Path
) -> None:
    site, left, mine = tmp_path / "site", tmp_path / ".site-old-00000000", tmp_path / ".site-old-11111111"
    run(str(yard_folders[0]), "--out", str(left))
    shutil.copytree(left, mine)
    (mine / "notes.txt").write_text("mine", encoding="utf-8")
    run(str(yard_folders[0]), "--out", str(site))
    assert sorted(path.name for path in tmp_path.iterdir()) == [mine.name, "site"]


def test_site_when_the_folder_is_empty_or_missing_then_there_is_room(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    check_room(tmp_path / "empty")
    check_room(tmp_path / "missing")


@pytest.mark.parametrize("arguments", [[], ["a", "b", "--area-file", "x"]])
def test_publish_when_not_told_what_to_write_then_says_so(arguments: list[str]) -> None:
    with pytest.raises(BadUsageError, match="--area-file"):
        run(*arguments)
