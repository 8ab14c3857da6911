"""Fuzz one parser with atheris: ``python tests/fuzz/fuzz.py TARGET [SECONDS]``; without a target, each in turn.

Needs ``pip install 'sidestep[fuzz]'`` (Linux, x86-64). Ends with an error, and the input in a file ``crash-…`` of the
folder, if a parser raises anything but an error of ours.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

SECONDS = 60


def main(arguments: list[str]) -> int:
    """Fuzz the target that is named, or all."""
    sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[2])]
    if not arguments:
        from fuzz_targets import TARGETS

        command = [sys.executable, __file__]
        return max(subprocess.run([*command, name], check=False).returncode for name in TARGETS)
    import atheris

    with atheris.instrument_imports(include=["routing"]):
        import fuzz_targets

    name, seconds = arguments[0], int(arguments[1]) if len(arguments) > 1 else SECONDS
    with tempfile.TemporaryDirectory() as corpus:
        for number, example in enumerate(fuzz_targets.EXAMPLES[name]):
            (Path(corpus) / str(number)).write_bytes(example)
        options = ["-max_len=4096", "-timeout=20", "-rss_limit_mb=2048", "-close_fd_mask=0", "-print_final_stats=1"]
        atheris.Setup([name, f"-max_total_time={seconds}", *options, corpus], fuzz_targets.TARGETS[name])
        atheris.Fuzz()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
