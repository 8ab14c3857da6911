"""Every parser against bytes that were real before they were mutated; the whole runs with atheris (`-m long`)."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

FUZZ = Path(__file__).parent / "fuzz"
sys.path.insert(0, str(FUZZ))
from fuzz_targets import EXAMPLES, TARGETS  # noqa: E402 (a folder beside this one, no package)

_PIECES = (
    *(
        b'"',
        b"[",
        b"]",
        b"{",
        b"}",
        b",",
        b":",
        b";",
        b"\n",
        b"\r",
        b"\t",
        b"|",
        b"\x00",
        b"\x1f",
        b"\xff",
        b"\xc2\x85",
    ),
    *(b"null", b"NaN", b"-0.0", b"1e400", b"9" * 400, b"true", b'"id":', b'"type":', b"\\ud800", b"\\u0000", b"[[[["),
    *(
        "\u2028".encode(),
        "\u2212".encode(),
        "°".encode(),
        b"node/7",
        b"2999-01",
        b"<script>",
        b"=",
        b"osm:id",
        b"\xfe\xff",
    ),
)
_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(("Point", "node/7")),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@st.composite
def mutated(draw: st.DrawFn, examples: tuple[bytes, ...]) -> bytes:
    """Real bytes, with pieces cut out, doubled and put in."""
    data = draw(st.sampled_from(examples))
    for _ in range(draw(st.integers(0, 4))):
        start, end = sorted(draw(st.tuples(*[st.integers(0, len(data))] * 2)))
        piece = draw(st.sampled_from(_PIECES) | st.binary(max_size=6) | st.just(data[start:end] * 2))
        data = data[:start] + piece + data[end if draw(st.booleans()) else start :]
    return data


@st.composite
def reshaped(draw: st.DrawFn, examples: tuple[bytes, ...]) -> bytes:
    """Real JSON in which some values are others, of any kind."""
    root = json.loads(draw(st.sampled_from(examples)))
    for _ in range(draw(st.integers(1, 3))):
        here = root
        while isinstance(here, dict | list) and here:
            key = draw(st.sampled_from(sorted(here) if isinstance(here, dict) else range(len(here))))
            if not isinstance(here[key], dict | list) or draw(st.integers(0, 3)) == 0:
                here[key] = draw(_VALUES)
                break
            here = here[key]
    return json.dumps(root).encode()


@pytest.mark.parametrize("name", TARGETS)
def test_parser_when_a_real_example_is_given_then_it_is_taken(name: str) -> None:
    assert EXAMPLES[name]
    for example in EXAMPLES[name]:
        TARGETS[name](example)


@pytest.mark.parametrize("name", TARGETS)
def test_parser_when_bytes_are_mutated_then_nothing_but_our_errors_is_raised(name: str) -> None:
    @settings(max_examples=150)
    @given(mutated(EXAMPLES[name]) | st.binary(max_size=40))
    def hold(data: bytes) -> None:
        TARGETS[name](data)

    hold()


@pytest.mark.parametrize("name", [name for name in TARGETS if EXAMPLES[name][0][:1] in (b"{", b"[")])
def test_parser_when_values_of_json_are_exchanged_then_nothing_but_our_errors_is_raised(name: str) -> None:
    examples = tuple(example for example in EXAMPLES[name] if example[:1] in (b"{", b"["))

    @settings(max_examples=150)
    @given(reshaped(examples))
    def hold(data: bytes) -> None:
        TARGETS[name](data)

    hold()


@pytest.mark.long
@pytest.mark.parametrize("name", TARGETS)
def test_parser_when_it_is_fuzzed_for_a_minute_then_nothing_but_our_errors_is_raised(name: str, tmp_path: Path) -> None:
    pytest.importorskip("atheris", reason="atheris is not installed: pip install 'sidestep[fuzz]' (Linux, x86-64)")
    command = [sys.executable, str(FUZZ / "fuzz.py"), name, "60"]

    done = subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=180, check=False)

    assert done.returncode == 0, done.stderr[-4000:].decode(errors="replace")
