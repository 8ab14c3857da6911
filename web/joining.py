"""Our own modules that are always loaded together → one file: fewer bytes, and a slow line waits once, not sixty times.

What a module says stays as it stands, but for comments that have lines of their own: each becomes a function that gives
what the module exports, called once, in the order in which modules need each other. This reads the plain form in which
our modules are written, and refuses any other.
"""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_IMPORT: Final = re.compile(r'^import (?:\{([^}]*)\}|\* as (\w+)) from "(\.\.?/[\w./-]+)";\n', re.MULTILINE)
_LATER: Final = re.compile(r'\bimport\("(\.\.?/[\w./-]+)"\)')
_PART: Final = re.compile(r"^const m\d+ = \(\(\) => \{ // (.*)$", re.MULTILINE)
_EXPORT: Final = re.compile(r"^export (?=(?:async )?(?:function\*?|const|class) ([A-Za-z_$][\w$]*))", re.MULTILINE)
_LIST: Final = re.compile(r"^export \{([^}]*)\};\n", re.MULTILINE)
_OTHER: Final = re.compile(r"^(?:import|export)\b.*|\bimport\.meta\b.*", re.MULTILINE)
_COMMENT: Final = re.compile(r"^[ ]*/\*\*(?:[^*]|\*(?!/))*\*/[ ]*\n|^[ ]*//.*\n", re.MULTILINE)


def imports_of(name: str, text: str) -> list[str]:
    """List the modules that a module imports at once, by their paths."""
    here = posixpath.dirname(name)
    return [posixpath.normpath(posixpath.join(here, path)) for *_, path in _IMPORT.findall(text)]


def loaded(modules: Mapping[str, str], made: Iterable[str]) -> set[str]:
    """List the modules that a page can come to load, where some were joined from others.

    Parameters
    ----------
    modules
        The text of each by path, of those that were joined the joined one.
    made
        Which those are.
    """
    bare = {name: _COMMENT.sub("", text) for name, text in modules.items()}
    parts = {part for name in made for part in _PART.findall(modules[name])} - set(made)
    found = [name for name in modules if name not in parts]
    for name in found:
        later = (
            posixpath.normpath(posixpath.join(posixpath.dirname(name), path)) for path in _LATER.findall(bare[name])
        )
        needed = (*imports_of(name, bare[name]), *later)
        found += [other for other in dict.fromkeys(needed) if other in modules and other not in found]
    return set(found)


def joined(first: str, modules: Mapping[str, str]) -> str:
    """Join a module and all that it needs.

    Parameters
    ----------
    first
        The path of the module that is run; the file exports what it does.
    modules
        The text of each module by path.

    Raises
    ------
    ValueError
        If modules need each other in a circle, one is missing, or one is written in a way that is not understood.
    """
    order = list(_in_order(first, modules, (), set()))
    number = {name: at for at, name in enumerate(order)}
    given = ", ".join(_given_by(modules[first]))
    exports = f"export const {{ {given} }} = m{len(order) - 1};\n" if given else ""
    return "// @ts-nocheck\n" + "".join(_wrapped(name, modules[name], number) for name in order) + exports


def _given_by(text: str) -> list[str]:
    """List what a module exports."""
    listed = (one.strip() for names in _LIST.findall(text) for one in names.split(","))
    return list(dict.fromkeys([*_EXPORT.findall(text), *filter(None, listed)]))


def _in_order(name: str, modules: Mapping[str, str], above: tuple[str, ...], done: set[str]) -> Iterator[str]:
    if name in above:
        raise ValueError(f"{name} needs itself, by way of others")
    if name not in modules:
        raise ValueError(f"{name} is missing")
    for other in imports_of(name, modules[name]):
        if other not in done:
            yield from _in_order(other, modules, (*above, name), done)
    done.add(name)
    yield name


def _wrapped(name: str, text: str, number: Mapping[str, int]) -> str:
    """Make a function of a module, called at once."""
    here = posixpath.dirname(name)

    def taken(match: re.Match[str]) -> str:
        whole = f"m{number[posixpath.normpath(posixpath.join(here, match[3]))]}"
        if match[2]:
            return f"const {match[2]} = {whole};\n"
        names = ", ".join(one.strip().replace(" as ", ": ") for one in match[1].split(",") if one.strip())
        return f"const {{ {names} }} = {whole};\n"

    bare = _IMPORT.sub(taken, _COMMENT.sub("", text))
    given = ", ".join(_given_by(bare))
    bare = _LIST.sub("", _EXPORT.sub("", bare))
    other = _OTHER.search(bare)
    if other is not None:
        raise ValueError(f"{name}: not understood: {other[0]}")
    return f"const m{number[name]} = (() => {{ // {name}\n{bare.strip()}\nreturn {{ {given} }};\n}})();\n"
